"""What the network is, and how it begins."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.cells import CELLS
from rnnviz.core.initialization import INITIALIZATIONS
from rnnviz.training.configuration.setting import declared, titles

LARGEST_SEED = 2**31 - 1
LARGEST_HIDDEN_SIZE = 4096
_LARGEST_DEPTH = 4
DEEP = tuple(range(2, _LARGEST_DEPTH + 1))
"""The numbers of layers of which one stands on another."""

_declared = partial(declared, group="network")


@dataclass(frozen=True)
class NetworkSettings:
    """What the network is, and how it begins."""

    cell: str = _declared(
        "vanilla",
        "Cell",
        "The kind of recurrent layer: the vanilla RNN, or one with gates that decide what to "
        "keep, so that it forgets more slowly.",
        choices=titles(CELLS),
    )
    activation: str = _declared(
        "tanh",
        "Activation",
        "What squashes each unit's sum: tanh keeps it between -1 and 1; ReLU cuts off below 0 "
        "and has no upper end.",
        choices={"tanh": "tanh", "relu": "ReLU"}
        | {n: n for n in ACTIVATIONS if n not in ("tanh", "relu")},
        relevant_when=("cell", tuple(n for n, cell in CELLS.items() if cell.ungated)),
    )
    num_layers: int = _declared(
        1,
        "Layers",
        "How many recurrent layers are stacked. Each one reads the layer below it.",
        minimum=1,
        maximum=_LARGEST_DEPTH,
        unit="layers",
    )
    hidden_size: int = _declared(
        100,
        "Hidden units",
        "How many numbers the network remembers from one {token} to the next.",
        minimum=1,
        maximum=LARGEST_HIDDEN_SIZE,
        slider=(1, 1024),
        logarithmic=True,
        unit="units",
        relevant_when=("parameter_budget", (0,)),
    )
    parameter_budget: int = _declared(
        0,
        "Budget",
        "Unless it is 0, the hidden layers are made as large as this many parameters allow. "
        "Networks with different cells can then be compared at equal cost.",
        minimum=0,
        maximum=200_000_000,
        slider=(1_000, 10_000_000),
        logarithmic=True,
        unit="parameters",
        advanced=True,
    )
    residual: str = _declared(
        "off",
        "Residual",
        "Whether each layer from the second on adds its input to its output: a short cut for "
        "the gradient.",
        choices={"off": "off", "on": "on"},
        relevant_when=("num_layers", DEEP),
        advanced=True,
    )
    initialization: str = _declared(
        "uniform",
        "Initialisation",
        "How the first weights are chosen. Uniform draws them from [-1/sqrt(n), 1/sqrt(n)], "
        "where n is the number of incoming connections. LeCun draws them from a wider range, "
        "widest for the input tokens, so that learning starts sooner. Orthogonal and identity "
        "set how the gradient's length changes from step to step.",
        choices={name: name for name in INITIALIZATIONS}
        | {"uniform": "uniform 1/√n", "lecun": "LeCun √(3/n)", "gaussian": "small Gaussian"},
    )
    initialization_gain: float = _declared(
        1.0,
        "Gain",
        "The factor that multiplies the orthogonal or identity matrix W. Before training, the "
        "gradient of a vanilla RNN shrinks at every step back if it is below 1, and can grow "
        "if it is above 1.",
        minimum=0.0,
        maximum=10.0,
        slider=(0.0, 3.0),
        relevant_when=("initialization", ("orthogonal", "identity")),
    )
    forget_bias: float = _declared(
        1.0,
        "Forget bias",
        "The first bias of the LSTM's forget gates. At 1, they keep most of the cell state "
        "from the first step on.",
        minimum=-10.0,
        maximum=10.0,
        slider=(-3.0, 5.0),
        relevant_when=("cell", tuple(n for n, cell in CELLS.items() if cell.uses_forget_bias)),
        advanced=True,
    )
    seed: int = _declared(
        1,
        "Seed",
        "The same seed and settings give the same run, bit for bit.",
        minimum=0,
        maximum=LARGEST_SEED,
        slider=(0, 99),
    )
    dtype: str = _declared(
        "float32",
        "Precision",
        "float32 is twice as fast; float64 is for checking gradients.",
        choices={"float32": "float32", "float64": "float64"},
        advanced=True,
    )
