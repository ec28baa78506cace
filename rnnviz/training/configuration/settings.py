"""Every setting of a run, declared once: its type, range, unit, default and help.

The form in the window, the options of the command line, the configuration in model files and
their validation all follow from the fields of `Settings`. A new setting is one field here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.cells import CELLS
from rnnviz.core.clipping import CLIP_MODES
from rnnviz.core.initialization import INITIALIZATIONS
from rnnviz.core.optimizers import DEFAULT_SUM, OPTIMIZERS, SMALLEST_SUM
from rnnviz.core.schedules import SCHEDULES
from rnnviz.data import DEFAULT_WORDS, OWN_TEXT, Source, Trait
from rnnviz.data.sources import SOURCES
from rnnviz.training.configuration.setting import Effect, Setting, declared, settings_of

OLD_NAMES = {"adagrad_start": "initial_accumulator_value"}
"""What settings were called in files of earlier versions, which are still read."""

LARGEST_SEED = 2**31 - 1
LARGEST_HIDDEN_SIZE = 4096
_LARGEST_DEPTH = 4
_DEEP = tuple(range(2, _LARGEST_DEPTH + 1))


def _titles(registry: Mapping[str, Any]) -> dict[str, str]:
    return {name: getattr(entry, "title", name) for name, entry in registry.items()}


@dataclass(frozen=True, slots=True)
class Settings:
    """The table; its values are `Configuration`, which knows what goes together."""

    corpus: str = declared(
        "tales",
        "Corpus",
        "The text that the network learns to continue, one that is made or read on this computer "
        "or a file of your own; or a task in which what is asked for at the end of a sequence "
        "stands at its beginning.",
        "data",
        choices={name: source.menu_title for name, source in SOURCES.items()},
    )
    text_file: str = declared(
        "",
        "Text file",
        "A file of your own to learn from, in UTF-8, UTF-16 or Latin-1.",
        "data",
        relevant_when=("corpus", (OWN_TEXT,)),
        advanced=True,
    )
    level: str = declared(
        "character",
        "Tokens",
        "What the network reads and writes one at a time: characters, or words with their "
        "punctuation.",
        "data",
        choices={"character": "characters", "word": "words"},
        needs=Trait.TEXT,
    )
    vocabulary_size: int = declared(
        DEFAULT_WORDS,
        "Vocabulary",
        "How many words it knows, the most frequent ones; every other is read as <unk>, which it "
        "never writes.",
        "data",
        minimum=2,
        maximum=100_000,
        slider=(100, 50_000),
        logarithmic=True,
        unit="words",
        relevant_when=("level", ("word",)),
    )
    validation_fraction: float = declared(
        0.1,
        "Held out",
        "The share of the text, at its end, that is never trained on but tested on.",
        "data",
        minimum=0.0,
        maximum=0.5,
        needs=Trait.SPLIT,
        advanced=True,
    )
    cell: str = declared(
        "vanilla",
        "Cell",
        "The kind of recurrent layer: the vanilla RNN, or one whose gates decide what is kept, "
        "so that it forgets more slowly.",
        "network",
        choices=_titles(CELLS),
    )
    activation: str = declared(
        "tanh",
        "Activation",
        "What squashes each unit's sum: tanh keeps it between -1 and 1; ReLU cuts off below 0 "
        "and has no upper end.",
        "network",
        choices={"tanh": "tanh", "relu": "ReLU"}
        | {n: n for n in ACTIVATIONS if n not in ("tanh", "relu")},
        relevant_when=("cell", tuple(n for n, cell in CELLS.items() if cell.ungated)),
    )
    num_layers: int = declared(
        1,
        "Layers",
        "How many recurrent layers stand on each other; each reads the one below.",
        "network",
        minimum=1,
        maximum=_LARGEST_DEPTH,
        unit="layers",
    )
    hidden_size: int = declared(
        100,
        "Hidden units",
        "How many numbers the network remembers from one {token} to the next.",
        "network",
        minimum=1,
        maximum=LARGEST_HIDDEN_SIZE,
        slider=(1, 1024),
        logarithmic=True,
        unit="units",
        relevant_when=("parameter_budget", (0,)),
    )
    parameter_budget: int = declared(
        0,
        "Budget",
        "Where it is not 0, the hidden layers are as large as so many parameters allow: networks "
        "of other cells can be compared at equal cost.",
        "network",
        minimum=0,
        maximum=200_000_000,
        slider=(1_000, 10_000_000),
        logarithmic=True,
        unit="parameters",
        advanced=True,
    )
    residual: str = declared(
        "off",
        "Residual",
        "Whether each layer from the second on adds what it reads to what it hands upwards: a "
        "short cut for the gradient.",
        "network",
        choices={"off": "off", "on": "on"},
        relevant_when=("num_layers", _DEEP),
        advanced=True,
    )
    initialization: str = declared(
        "uniform",
        "Initialisation",
        "How the weights begin. Uniform draws from [-1/sqrt(n), 1/sqrt(n)], n being the number of "
        "incoming connections; LeCun's draws wider, and widest for the token that is read, so "
        "that training takes hold sooner; orthogonal and identity choose how the gradient's "
        "length changes from step to step.",
        "network",
        choices={name: name for name in INITIALIZATIONS}
        | {"uniform": "uniform 1/√n", "lecun": "LeCun √(3/n)", "gaussian": "small Gaussian"},
    )
    initialization_gain: float = declared(
        1.0,
        "Gain",
        "The factor on the orthogonal or identity matrix W: in a vanilla RNN the gradient at first "
        "shrinks at every step back where it is below 1, and can grow where it is above.",
        "network",
        minimum=0.0,
        maximum=10.0,
        slider=(0.0, 3.0),
        relevant_when=("initialization", ("orthogonal", "identity")),
    )
    forget_bias: float = declared(
        1.0,
        "Forget bias",
        "Where the LSTM's forget gates begin: at 1 they keep most of the cell state from the "
        "first step on.",
        "network",
        minimum=-10.0,
        maximum=10.0,
        slider=(-3.0, 5.0),
        relevant_when=("cell", tuple(n for n, cell in CELLS.items() if "f" in cell.gate_names)),
        advanced=True,
    )
    seed: int = declared(
        1,
        "Seed",
        "The same seed and settings give the same run, bit for bit.",
        "network",
        minimum=0,
        maximum=LARGEST_SEED,
        slider=(0, 99),
    )
    dtype: str = declared(
        "float32",
        "Precision",
        "float32 is twice as fast; float64 is for checking gradients.",
        "network",
        choices={"float32": "float32", "float64": "float64"},
        advanced=True,
    )
    learning_rate: float = declared(
        0.1,
        "Learning rate",
        "How far each step moves the weights.",
        "training",
        live=True,
        minimum=1e-6,
        maximum=1e4,
        slider=(1e-4, 10.0),
        logarithmic=True,
    )
    optimizer: str = declared(
        "adagrad",
        "Optimiser",
        "SGD moves straight down the gradient, with momentum it keeps some of its last step; "
        "Adagrad makes smaller steps for weights that have already moved a lot; RMSProp and Adam "
        "make steps of about the same length for every weight.",
        "training",
        live=True,
        effects=frozenset({Effect.OTHER_OPTIMIZER}),
        choices=_titles(OPTIMIZERS),
    )
    momentum: float = declared(
        0.9,
        "Momentum",
        "How much of its last step SGD with momentum keeps.",
        "training",
        live=True,
        effects=frozenset({Effect.OTHER_MOMENTUM}),
        minimum=0.0,
        maximum=0.999,
        relevant_when=("optimizer", ("momentum",)),
    )
    initial_accumulator_value: float = declared(
        DEFAULT_SUM,
        "Sum begins at",
        "Where Adagrad's sum of squared gradients begins. At 10 the first steps are as long as "
        "their gradients say; near 0, as in many programs, each of them moves every weight by the "
        "whole learning rate.",
        "training",
        minimum=SMALLEST_SUM,
        maximum=1e6,
        logarithmic=True,
        relevant_when=("optimizer", ("adagrad",)),
        advanced=True,
    )
    schedule: str = declared(
        "constant",
        "Schedule",
        "How the learning rate changes over the run: not at all, by a factor every epoch, or up "
        "in a warm-up and then down along a cosine.",
        "training",
        live=True,
        choices=SCHEDULES,
        advanced=True,
        help_without=(
            Trait.EPOCHS,
            "How the learning rate changes over the run: not at all, or up in a warm-up and then "
            "down along a cosine. A {noun} has no epochs: a decay by epochs leaves the rate as it "
            "is.",
        ),
    )
    decay_rate: float = declared(
        0.97,
        "Decay",
        "What the learning rate is multiplied by at every further epoch.",
        "training",
        live=True,
        minimum=0.01,
        maximum=1.0,
        slider=(0.5, 1.0),
        relevant_when=("schedule", ("exponential",)),
        advanced=True,
    )
    decay_start: int = declared(
        10,
        "Decay from",
        "After how many epochs the learning rate begins to fall.",
        "training",
        live=True,
        minimum=1,
        maximum=10_000,
        slider=(0, 100),
        unit="epochs",
        relevant_when=("schedule", ("exponential",)),
        advanced=True,
    )
    warmup_steps: int = declared(
        100,
        "Warm-up",
        "Over how many steps the learning rate rises to its full height: at most half of the "
        "schedule.",
        "training",
        live=True,
        minimum=0,
        maximum=1_000_000,
        slider=(0, 5_000),
        unit="steps",
        relevant_when=("schedule", ("cosine",)),
        advanced=True,
    )
    schedule_steps: int = declared(
        10_000,
        "Falls until",
        "At which step the cosine reaches its end, a hundredth of the learning rate.",
        "training",
        live=True,
        minimum=1,
        maximum=100_000_000,
        slider=(100, 1_000_000),
        logarithmic=True,
        unit="steps",
        relevant_when=("schedule", ("cosine",)),
        advanced=True,
    )
    clip_mode: str = declared(
        "norm",
        "Clip gradients",
        "Value limits every entry of the gradient, which turns it; norm shortens the whole, "
        "which keeps its direction.",
        "training",
        live=True,
        choices={mode: mode for mode in CLIP_MODES},
    )
    clip_threshold: float = declared(
        100.0,
        "Threshold",
        "The largest entry, or the largest norm, that clipping lets through.",
        "training",
        live=True,
        minimum=1e-6,
        maximum=1e6,
        slider=(1e-1, 1000.0),
        logarithmic=True,
        relevant_when=("clip_mode", ("value", "norm")),
    )
    sequence_length: int = declared(
        25,
        "Sequence length",
        "How many {tokens} the gradient travels back (truncated back-propagation through "
        "time). The hidden state is carried further, from window to window, unless the start state "
        "is zeros.",
        "training",
        live=True,
        effects=frozenset({Effect.OTHER_WINDOWS}),
        minimum=1,
        maximum=2000,
        slider=(1, 500),
        logarithmic=True,
        unit="characters",
        help_without=(
            Trait.CONTINUOUS,
            "How long every sequence is. The gradient travels back over the whole of it, and each "
            "begins with an empty hidden state.",
        ),
    )
    window_start: str = declared(
        "carried",
        "Start state",
        "The hidden state that every window begins with: the one that the last window ended with, "
        "or zeros, so that in training the network remembers nothing from before the window. It "
        "writes and is tested with the state carried on.",
        "training",
        live=True,
        effects=frozenset({Effect.EMPTY_STATE}),
        choices={"carried": "carried", "zeros": "zeros"},
        needs=Trait.CONTINUOUS,
        advanced=True,
    )
    batch_size: int = declared(
        1,
        "Batch",
        "How many places of the text are read side by side in one step.",
        "training",
        live=True,
        effects=frozenset({Effect.OTHER_WINDOWS, Effect.EMPTY_STATE}),
        minimum=1,
        maximum=1024,
        slider=(1, 256),
        logarithmic=True,
        unit="streams",
        help_without=(Trait.CONTINUOUS, "How many new sequences are learned from in one step."),
    )
    dropout: float = declared(
        0.0,
        "Dropout",
        "The share of each layer's outputs that the next layer is not shown, drawn anew at every "
        "training step; it writes and is tested with all of them.",
        "training",
        live=True,
        minimum=0.0,
        maximum=0.95,
        relevant_when=("num_layers", _DEEP),
        advanced=True,
        help_without=(
            Trait.WRITES,
            "The share of each layer's outputs that the next layer is not shown, drawn anew at "
            "every training step; it is tested with all of them.",
        ),
    )
    validation_interval: int = declared(
        1000,
        "Test every",
        "After how many steps the loss on the held-out text is measured; 0 is never.",
        "training",
        live=True,
        minimum=0,
        maximum=1_000_000,
        slider=(0, 10_000),
        unit="steps",
        advanced=True,
        help_without=(
            Trait.SPLIT,
            "After how many steps it is tested on {held_out}, which it never trains on; 0 is "
            "never.",
        ),
    )
    temperature: float = declared(
        0.5,
        "Temperature",
        "How boldly text is written: 0 always takes the likeliest token, 1 follows the "
        "network's own probabilities, more is wilder.",
        "text",
        live=True,
        effects=frozenset({Effect.REWRITES}),
        minimum=0.0,
        maximum=10.0,
        slider=(0.0, 2.0),
        needs=Trait.WRITES,
    )
    prompt: str = declared(
        "",
        "Prompt",
        "What the network reads before it writes; what it does not know is skipped.",
        "text",
        live=True,
        effects=frozenset({Effect.REWRITES, Effect.OTHER_PROMPT}),
        needs=Trait.WRITES,
    )


SETTINGS: dict[str, Setting] = settings_of(Settings)
"""Every setting by name, in the order in which the form shows them."""

DATA_SETTINGS = frozenset(name for name, setting in SETTINGS.items() if setting.group == "data")
"""The settings that decide what is read, in what tokens, and how it is split."""

NETWORK_SETTINGS = frozenset(
    {name for name, setting in SETTINGS.items() if setting.group == "network"}
    | {"level", "vocabulary_size"}
)
"""The settings that make a network what it is: another value of one is another network."""


def suits(name: str, source: Source) -> bool:
    """Tell whether a source has what a setting, and the one that decides over it, needs."""
    setting = SETTINGS[name]
    if setting.needs is not None and setting.needs not in source.traits:
        return False
    return setting.relevant_when is None or suits(setting.relevant_when[0], source)
