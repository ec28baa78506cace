"""Which network the tensors of a foreign file are, told by their names and shapes alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rnnviz.core.parameters import Shape
from rnnviz.data.files import readable_name
from rnnviz.storage.errors import StorageError
from rnnviz.storage.travel.others import EMBEDDINGS, HEADS, cell_of_blocks
from rnnviz.training.configuration import SETTINGS

_RECURRENT = re.compile(
    r"(?P<owner>.*?)(?P<part>weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)"
    r"(?:_l(?P<layer>\d{1,4}))?(?P<reverse>_reverse)?"
)
_NUMBERS = re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True)
class Plan:
    """A network in a foreign file.

    Attributes
    ----------
    cell
        A key of ``rnnviz.core.cells.CELLS``.
    hidden_size, vocab_size
        H and V.
    layers
        For each layer the names of its tensors, by PyTorch's names without the layer's number.
    embedding
        The tensor with a row for each token, which the first layer reads; empty where it reads
        the token itself.
    head, head_bias
        The output's tensors; the bias is empty where there is none.
    """

    cell: str
    hidden_size: int
    vocab_size: int
    layers: tuple[Mapping[str, str], ...]
    embedding: str
    head: str
    head_bias: str

    @property
    def names(self) -> tuple[str, ...]:
        """Every tensor once."""
        parts = [name for layer in self.layers for name in layer.values()]
        return tuple(dict.fromkeys(filter(None, [*parts, *self._around])))

    @property
    def _around(self) -> tuple[str, ...]:
        return self.embedding, self.head, self.head_bias


def plan_of(shapes: Mapping[str, Shape]) -> Plan:
    """Tell which network these tensors are.

    Raises
    ------
    StorageError
        Where they are none that can be had here; a clause about the file that names the tensor.
    """
    layers = _layers(shapes)
    hidden_size = _width(shapes, layers[0]["weight_hh"])
    blocks = shapes[layers[0]["weight_hh"]][0] // hidden_size
    cell = cell_of_blocks(blocks)
    if cell is None:
        raise StorageError(
            f"{shown(layers[0]['weight_hh'])} has {blocks} blocks of {hidden_size:,} rows: that is "
            "no vanilla RNN, GRU or LSTM"
        )
    _check_layers(shapes, layers, blocks * hidden_size, hidden_size)
    taken = {name for layer in layers for name in layer.values()}
    rest = {name: shape for name, shape in shapes.items() if name not in taken}
    inputs = shapes[layers[0]["weight_ih"]][1]
    embedding, head, head_bias = _around(rest, inputs, hidden_size)
    outputs = shapes[head][0]
    reads = shapes[embedding][0] if embedding else inputs
    if reads != outputs:
        raise StorageError(
            f"{shown(head)} has {outputs:,} scores, and the network reads one of {reads:,} tokens: "
            "it does not predict what it reads next"
        )
    return Plan(cell, hidden_size, outputs, layers, embedding, head, head_bias)


def shown(name: str) -> str:
    """Return a tensor's name as a sentence can have it: it may be anything."""
    plain = "".join(sign if sign.isprintable() else "?" for sign in name)
    return plain if len(plain) <= 80 else f"{plain[:77]}..."


def _layers(shapes: Mapping[str, Shape]) -> tuple[Mapping[str, str], ...]:
    """Return each layer's tensors, the first layer first."""
    found: dict[tuple[tuple[int, ...], int], dict[str, str]] = {}
    owner = None
    for name in shapes:
        match = _RECURRENT.fullmatch(name)
        if match is None:
            continue
        if match["reverse"]:
            raise StorageError(
                f"it reads in both directions ({shown(name)}), and who writes cannot look ahead"
            )
        if match["part"] == "weight_hr":
            raise StorageError(
                f"it projects its hidden state ({shown(name)}), which no cell here does"
            )
        alike = _NUMBERS.sub("#", match["owner"])
        if owner not in (None, alike):
            raise StorageError(
                f"{shown(name)} is of another recurrent network, and a model here has one"
            )
        owner = alike
        numbers = tuple(int(number) for number in _NUMBERS.findall(match["owner"]))
        found.setdefault((numbers, int(match["layer"] or 0)), {})[match["part"]] = name
    layers = tuple(found[place] for place in sorted(found))
    if not layers:
        raise StorageError("none of its tensors is a recurrent layer's, such as rnn.weight_hh_l0")
    most = SETTINGS["num_layers"].maximum or 0
    if len(layers) > most:
        beyond = next(iter(layers[int(most)].values()))
        raise StorageError(f"{shown(beyond)} is of layer {int(most) + 1}, and {most} are possible")
    for layer in layers:
        missing = {"weight_ih", "weight_hh"} - layer.keys()
        if missing:
            there = shown(next(iter(layer.values())))
            raise StorageError(f"the {min(missing)} that belongs to {there} is missing")
    return layers


def _width(shapes: Mapping[str, Shape], name: str) -> int:
    shape = shapes[name]
    if len(shape) != 2 or not shape[1] or not shape[0] or shape[0] % shape[1]:
        raise StorageError(f"{shown(name)} is no recurrent matrix, having the shape {shape}")
    if shape[1] > (SETTINGS["hidden_size"].maximum or 0):
        raise StorageError(
            f"{shown(name)} has {shape[1]:,} units, and {SETTINGS['hidden_size'].maximum:,} are "
            "possible"
        )
    return shape[1]


def _check_layers(
    shapes: Mapping[str, Shape], layers: tuple[Mapping[str, str], ...], rows: int, hidden_size: int
) -> None:
    for number, layer in enumerate(layers):
        for part, name in layer.items():
            wanted = (rows, hidden_size) if part.startswith("weight") else (rows,)
            shape = shapes[name]
            if number == 0 and part == "weight_ih" and len(shape) == 2 and shape[1] > 0:
                wanted = (rows, shape[1])
            if shape != wanted:
                raise StorageError(
                    f"{shown(name)} has the shape {shape}, and {wanted} would fit the first layer"
                )


def _around(rest: Mapping[str, Shape], inputs: int, hidden_size: int) -> tuple[str, str, str]:
    """Return the names of the embedding, the output and its bias, empty where there is none."""
    matrices = [name for name, shape in rest.items() if len(shape) == 2]
    heads = [name for name in matrices if rest[name][1] == hidden_size]
    # What has a bias is no table of rows.
    bare = [name for name in matrices if f"{_owner(name)}bias" not in rest]
    embeddings = [name for name in bare if rest[name][1] == inputs]
    if not heads:
        raise StorageError(f"no tensor makes scores of the {hidden_size:,} hidden units")
    if len(matrices) == 1:
        # Where both are one matrix, a file has it once.
        (head,) = matrices
        embedding = head if inputs == hidden_size != rest[head][0] else ""
    else:
        embedding = _likeliest(embeddings, EMBEDDINGS, HEADS, rest)
        head = _likeliest([one for one in heads if one != embedding], HEADS, EMBEDDINGS, rest)
        if inputs == rest[head][0] != hidden_size and _last(embedding) not in EMBEDDINGS:
            embedding = ""
    bias = f"{_owner(head)}bias"
    used = {embedding, head, bias}
    beyond = next((name for name in rest if name not in used), None)
    if beyond is not None:
        raise StorageError(f"{shown(beyond)} has no place in a network as there are here")
    if bias in rest and rest[bias] != (rest[head][0],):
        raise StorageError(f"{shown(bias)} does not fit {shown(head)}")
    return embedding, head, bias if bias in rest else ""


def _likeliest(
    names: list[str], usual: frozenset[str], unusual: frozenset[str], rest: Mapping[str, Shape]
) -> str:
    """Return the one that is called so, or else is not called otherwise; empty if there is none."""
    by_name = [name for name in names if _last(name) in usual]
    others = [name for name in names if _last(name) not in unusual]
    for some in (by_name, others, names):
        if len(some) == 1:
            return some[0]
    if not names:
        return ""
    listed = " and ".join(shown(name) for name in names[:2])
    raise StorageError(f"{listed} stand around its recurrent layers, and only one of them could")


def _owner(name: str) -> str:
    return name[: name.rfind(".") + 1]


def _last(name: str) -> str:
    """Return what a tensor's module is called: ``fc`` of ``model.fc.weight``."""
    return _owner(name).rstrip(".").rpartition(".")[2].lower()


def file_clause(path: str, clause: str) -> StorageError:
    """Return the refusal of a file for what a clause says."""
    return StorageError(f"{readable_name(path)} cannot be imported: {clause}.")
