"""A network for PyTorch: its weights as a state dict, and the module that they belong to."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnviz.core.architecture import Architecture
from rnnviz.core.parameters import Array
from rnnviz.storage import naming
from rnnviz.storage.container import pack
from rnnviz.storage.errors import StorageError
from rnnviz.storage.travel.others import other_cell
from rnnviz.storage.travel.portable import PortableModel, in_docstring

_BEGIN = '''
class Network(nn.Module):
    """{reads}, {layers}, and {outputs} scores at every step."""

    def __init__(self):
        super().__init__()
'''
_FORWARD = '''
        self.head = nn.Linear({hidden}, {outputs})

    def forward(self, {given}, state=None):
        """Read {given} {shape} from this state, or from zeros; return the scores and the state."""
        x = {x}
'''
_PLAIN = (
    """
        self.rnn = nn.{cell}({inputs}, {hidden}{options})
""",
    """
        h, state = self.rnn(x, state)
        return self.head(h), state
""",
)
_RESIDUAL = (
    """
        sizes = [{inputs}] + [{hidden}] * {above}
        self.rnn = nn.ModuleList([nn.{cell}(size, {hidden}{options}) for size in sizes])
""",
    """
        after = []
        for number, layer in enumerate(self.rnn):
            h, one = layer(x, None if state is None else state[number])
            after.append(one)
            x = h + x if number else h
        return self.head(x), after
""",
)
_FILE = '''"""{heading}

    model, tokens = load()
    scores, state = model({given})

The weights lie beside this file, in {said}.
"""

import json
from pathlib import Path

from safetensors import safe_open
from torch import nn

WEIGHTS = Path(__file__).with_name({name!a})


{module}

def load():
    """Return the network, and the tokens that its numbers stand for, in their order."""
    with safe_open(WEIGHTS, "pt") as file:
        weights = {{name: file.get_tensor(name) for name in file.keys()}}
        tokens = json.loads(file.metadata()["vocabulary"])
    model = Network().to(weights["head.weight"].dtype)
    model.load_state_dict(weights, strict=True)
    return model.eval(), tokens
'''


def as_pytorch(model: PortableModel, stem: str) -> dict[str, bytes]:
    """Return the weights and a module that they belong to, by the endings of their files.

    Raises
    ------
    StorageError
        Where PyTorch has no such cell, or the vocabulary is too long for a file.
    """
    module = module_of(model)
    # By the format others tell whose layout it is.
    metadata = {"format": "pt", "module": module, **model.metadata}
    name = f"{stem}.safetensors"
    file = _FILE.format(
        heading=model.heading("PyTorch"),
        said=in_docstring(name),
        name=name,
        module=module,
        given=_given(model.architecture),
    )
    try:
        weights = pack(state_dict(model.parameters, model.architecture), metadata)
    except ValueError as error:
        raise StorageError("The vocabulary is too long for such a file.") from error
    return {".safetensors": weights, ".py": file.encode("utf-8")}


def state_dict(parameters: Mapping[str, Array], architecture: Architecture) -> dict[str, Array]:
    """Return the parameters as `load_state_dict` of the module takes them, strictly."""
    tensors = naming.to_tensors(parameters, architecture)
    for second, first in naming.second_biases(architecture).items():
        tensors[second] = np.zeros_like(tensors[first])
    if _is_residual(architecture):
        return {_of_own_module(name): array for name, array in tensors.items()}
    return tensors


def module_of(model: PortableModel) -> str:
    """Write the class of the module."""
    architecture, configuration = model.architecture, model.configuration
    residual = _is_residual(architecture)
    layers, options = architecture.num_layers, ""
    if architecture.kind.ungated and architecture.activation != "tanh":
        options += f', nonlinearity="{architecture.activation}"'
    if layers > 1 and not residual:
        options += f", num_layers={layers}"
        if configuration.dropout:
            options += f", dropout={configuration.dropout}"
    given, inputs = _given(architecture), architecture.vocab_size
    made, run = _RESIDUAL if residual else _PLAIN
    text = "".join(part.lstrip("\n") for part in (_BEGIN, made, _FORWARD, run))
    reads_numbers = architecture.reads_numbers
    one_hot = f"nn.functional.one_hot({given}, {inputs}).to(self.head.weight.dtype)"
    return text.format(
        reads=f"{inputs} numbers" if reads_numbers else f"One of {inputs} tokens",
        layers="a recurrent layer" if layers == 1 else f"{layers} recurrent layers",
        cell=other_cell(architecture).torch,
        inputs=inputs,
        hidden=architecture.hidden_size,
        outputs=architecture.output_size,
        above=layers - 1,
        options=options,
        given=given,
        shape=f"(T, B, {inputs})" if reads_numbers else "(T, B)",
        x=given if reads_numbers else one_hot,
    )


def _given(architecture: Architecture) -> str:
    return "numbers" if architecture.reads_numbers else "ids"


def _is_residual(architecture: Architecture) -> bool:
    return architecture.residual and architecture.num_layers > 1


def _of_own_module(name: str) -> str:
    """Name a tensor in a list of modules, one a layer: ``rnn.1.weight_ih_l0``."""
    if not name.startswith("rnn."):
        return name
    stem, _, layer = name.removeprefix("rnn.").rpartition("_l")
    return f"rnn.{layer}.{stem}_l0"
