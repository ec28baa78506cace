"""How it is trained."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from rnnviz.core.clipping import CLIP_MODES
from rnnviz.core.optimizers import DEFAULT_SUM, OPTIMIZERS, SMALLEST_SUM
from rnnviz.core.schedules import SCHEDULES
from rnnviz.data import Trait
from rnnviz.training.configuration.groups.network import DEEP
from rnnviz.training.configuration.setting import Effect, declared, titles

_declared = partial(declared, group="training")

LARGEST_SEQUENCE_LENGTH = 2000


@dataclass(frozen=True)
class TrainingSettings:
    """How it is trained."""

    learning_rate: float = _declared(
        0.1,
        "Learning rate",
        "How far each step moves the weights.",
        live=True,
        minimum=1e-6,
        maximum=1e4,
        slider=(1e-4, 10.0),
        logarithmic=True,
    )
    optimizer: str = _declared(
        "adagrad",
        "Optimiser",
        "How a gradient becomes a step. SGD moves straight down the gradient; with momentum, "
        "it also keeps some of its last step. Adagrad takes smaller steps for weights that "
        "have already moved a lot. RMSProp and Adam take steps of about the same length for "
        "every weight.",
        live=True,
        effects=frozenset({Effect.OTHER_OPTIMIZER}),
        choices=titles(OPTIMIZERS),
    )
    momentum: float = _declared(
        0.9,
        "Momentum",
        "How much of its last step SGD with momentum keeps.",
        live=True,
        effects=frozenset({Effect.OTHER_MOMENTUM}),
        minimum=0.0,
        maximum=0.999,
        relevant_when=("optimizer", tuple(n for n, o in OPTIMIZERS.items() if o.uses_momentum)),
    )
    initial_accumulator_value: float = _declared(
        DEFAULT_SUM,
        "Sum begins at",
        "The value at which Adagrad's sum of squared gradients begins. At 10, the first steps "
        "are in proportion to their gradients. Near 0, as in many programs, the first step "
        "moves every weight by the whole learning rate.",
        minimum=SMALLEST_SUM,
        maximum=1e6,
        logarithmic=True,
        relevant_when=(
            "optimizer",
            tuple(n for n, o in OPTIMIZERS.items() if "sum" in o.slot_names),
        ),
        advanced=True,
    )
    schedule: str = _declared(
        "constant",
        "Schedule",
        "How the learning rate changes during the run: it stays constant, is multiplied by a "
        "factor every epoch, or rises in a warm-up and then falls along a cosine.",
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
    decay_rate: float = _declared(
        0.97,
        "Decay",
        "The factor that multiplies the learning rate at every further epoch.",
        live=True,
        minimum=0.01,
        maximum=1.0,
        slider=(0.5, 1.0),
        relevant_when=("schedule", ("exponential",)),
        advanced=True,
    )
    decay_start: int = _declared(
        10,
        "Decay from",
        "The number of epochs after which the learning rate begins to fall.",
        live=True,
        minimum=1,
        maximum=10_000,
        slider=(0, 100),
        unit="epochs",
        relevant_when=("schedule", ("exponential",)),
        advanced=True,
    )
    warmup_steps: int = _declared(
        100,
        "Warm-up",
        "The number of steps over which the learning rate rises to its full value: at most "
        "half of the schedule.",
        live=True,
        minimum=0,
        maximum=1_000_000,
        slider=(0, 5_000),
        unit="steps",
        relevant_when=("schedule", ("cosine",)),
        advanced=True,
    )
    schedule_steps: int = _declared(
        10_000,
        "Falls until",
        "The step at which the cosine ends, at a hundredth of the learning rate.",
        live=True,
        minimum=1,
        maximum=100_000_000,
        slider=(100, 1_000_000),
        logarithmic=True,
        unit="steps",
        relevant_when=("schedule", ("cosine",)),
        advanced=True,
    )
    clip_mode: str = _declared(
        "norm",
        "Clip gradients",
        "Clipping by value limits every entry of the gradient, which can change its "
        "direction. Clipping by norm shortens the whole gradient and keeps its direction.",
        live=True,
        choices={mode: mode for mode in CLIP_MODES},
    )
    clip_threshold: float = _declared(
        100.0,
        "Threshold",
        "The largest entry, or the largest norm, that clipping allows.",
        live=True,
        minimum=1e-6,
        maximum=1e6,
        slider=(1e-1, 1000.0),
        logarithmic=True,
        relevant_when=("clip_mode", ("value", "norm")),
    )
    sequence_length: int = _declared(
        25,
        "Sequence length",
        "How many {tokens} the gradient travels back (truncated back-propagation through "
        "time). The hidden state is carried further, from window to window, unless the start state "
        "is zeros.",
        live=True,
        effects=frozenset({Effect.OTHER_WINDOWS}),
        minimum=1,
        maximum=LARGEST_SEQUENCE_LENGTH,
        slider=(1, 500),
        logarithmic=True,
        unit="characters",
        help_without=(
            Trait.CONTINUOUS,
            "How long every sequence is. The gradient travels back over the whole of it, and each "
            "begins with an empty hidden state.",
        ),
    )
    window_start: str = _declared(
        "carried",
        "Start state",
        "The hidden state at the start of every window: the state at the end of the last "
        "window, or zeros. With zeros, the network remembers nothing from before the window "
        "while it trains. When it writes or is tested, the state is always carried on.",
        live=True,
        effects=frozenset({Effect.EMPTY_STATE}),
        choices={"carried": "carried", "zeros": "zeros"},
        needs=Trait.CONTINUOUS,
        advanced=True,
        help_without=(
            Trait.WRITES,
            "The hidden state at the start of every window: the state at the end of the last "
            "window, or zeros. With zeros, the network remembers nothing from before the window "
            "while it trains.",
        ),
    )
    batch_size: int = _declared(
        1,
        "Batch",
        "How many places in the {noun} are read side by side in one step.",
        live=True,
        effects=frozenset({Effect.OTHER_WINDOWS, Effect.EMPTY_STATE}),
        minimum=1,
        maximum=1024,
        slider=(1, 256),
        logarithmic=True,
        unit="streams",
        help_without=(Trait.CONTINUOUS, "How many new sequences are learned from in one step."),
    )
    dropout: float = _declared(
        0.0,
        "Dropout",
        "The share of each layer's outputs that is hidden from the next layer, chosen at "
        "random at every training step. When the network writes or is tested, nothing is "
        "hidden.",
        live=True,
        minimum=0.0,
        maximum=0.95,
        relevant_when=("num_layers", DEEP),
        advanced=True,
        help_without=(
            Trait.WRITES,
            "The share of each layer's outputs that the next layer is not shown, drawn anew at "
            "every training step; it is tested with all of them.",
        ),
    )
    validation_interval: int = _declared(
        1000,
        "Test every",
        "The number of steps between two measurements of the loss on the {held_out}; 0 "
        "means never.",
        live=True,
        minimum=0,
        maximum=1_000_000,
        slider=(0, 10_000),
        unit="steps",
        advanced=True,
        only_looks=True,
        help_without=(
            Trait.SPLIT,
            "After how many steps it is tested on {held_out}, which it never trains on; 0 is "
            "never.",
        ),
    )
