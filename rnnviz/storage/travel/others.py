"""What other programs call our cells, one table: who is not in it is known to us alone."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.core.architecture import Architecture
from rnnviz.core.cells import CELLS
from rnnviz.storage.errors import StorageError


@dataclass(frozen=True, slots=True)
class OtherCell:
    """A cell as PyTorch and ONNX have it, with the same equations as ours.

    Attributes
    ----------
    torch
        The class in ``torch.nn``.
    onnx
        The operator.
    onnx_blocks
        The blocks of H rows of its matrices there, by our names, in their order.
    onnx_attributes
        What has the operator compute our equations where it could compute others.
    """

    torch: str
    onnx: str
    onnx_blocks: tuple[str, ...]
    onnx_attributes: tuple[tuple[str, int], ...] = ()


OTHERS = {
    "vanilla": OtherCell("RNN", "RNN", ("h",)),
    "lstm": OtherCell("LSTM", "LSTM", ("i", "o", "f", "g")),
    # Like ours, it scales W_n h + d by the reset gate, and not h before the product.
    "gru": OtherCell("GRU", "GRU", ("z", "r", "n"), (("linear_before_reset", 1),)),
}


EMBEDDINGS = frozenset(
    [
        "char_embedding",
        "emb",
        "embed",
        "embed_tokens",
        "embedding",
        "embedding_layer",
        "embeddings",
        "encoder",
        "lookup",
        "token_embedding",
        "word_embedding",
        "word_embeddings",
        "wte",
    ]
)
"""What others call the matrix that has a row for each token; of a path the last part."""

HEADS = frozenset(
    [
        "classifier",
        "decoder",
        "dense",
        "fc",
        "fc1",
        "fc_out",
        "final",
        "generator",
        "h2o",
        "head",
        "last",
        "linear",
        "lm_head",
        "out",
        "output",
        "output_layer",
        "proj",
        "to_logits",
    ]
)
"""What others call the layer that has a score for each token."""

UNKNOWNS = ("<unk>", "<UNK>", "[UNK]", "<unknown>", "UNK")
"""What others call the token that stands for words that are not in a vocabulary."""


def other_cell(architecture: Architecture) -> OtherCell:
    """Return what others call the cell of a network.

    Raises
    ------
    StorageError
        Where they have none with its equations.
    """
    other = OTHERS.get(architecture.cell)
    if other is None:
        raise StorageError(f"Other programs have no cell like the {architecture.kind.title}.")
    return other


def cell_of_blocks(count: int) -> str | None:
    """Return our name of the cell whose matrices have so many blocks in PyTorch, if there is one.

    It tells these cells from each other: a vanilla RNN has 1, a GRU 3, an LSTM 4.
    """
    return next((name for name in OTHERS if len(CELLS[name].blocks) == count), None)
