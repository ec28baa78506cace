"""One run's settings: each declared once, with its range, unit, default and help.

The form in the window, the options of the command line, the configuration in model files and
their validation all follow from the fields of `Configuration`. A new setting is one field here.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self, get_type_hints

from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.cells import CELLS
from rnnviz.core.clipping import CLIP_MODES
from rnnviz.core.errors import RnnvizError
from rnnviz.core.initialization import INITIALIZATIONS
from rnnviz.core.network import Architecture
from rnnviz.core.optimizers import DEFAULT_SUM, OPTIMIZERS, SMALLEST_SUM
from rnnviz.data import DEFAULT_WORDS, TASKS, Task, TokenVocabulary, corpus_infos, vocabulary_of
from rnnviz.training.schedules import SCHEDULES

Value = int | float | str
Group = Literal["data", "network", "training", "text"]

OWN_TEXT = "file"
"""The corpus that stands for a text file of the person's own."""

TEXT_SETTINGS = frozenset(
    {"corpus", "text_file", "level", "vocabulary_size", "validation_fraction"}
)
"""The settings that decide what is read, in what tokens, and how it is split."""

_TEXTS: tuple[Value, ...] = (*(info.name for info in corpus_infos()), OWN_TEXT)

LARGEST_SEED = 2**31 - 1
LARGEST_HIDDEN_SIZE = 4096
LARGEST_DEPTH = 4
DEEP = tuple(range(2, LARGEST_DEPTH + 1))


class ConfigurationError(RnnvizError):
    """A setting that is out of its range, of the wrong type or unknown."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known about one field of `Configuration` beside its value.

    Attributes
    ----------
    name, kind, default
        The field's name, its type (int, float or str) and its default.
    label, help
        For people: a short noun, and a sentence or two.
    group
        The form's section.
    live
        Whether a change acts at the next step; otherwise it needs a new run.
    minimum, maximum
        Inclusive bounds of numbers.
    choices
        For each allowed value its title; empty where any value in range is allowed.
    logarithmic
        Whether a slider moves by factors.
    unit
        What the number counts.
    advanced
        Whether the form keeps it out of sight until asked.
    relevant_when
        Another field and the values of it for which this one matters.
    task_help
        What is said instead of `help` where a task is learned; empty where that is true of both.
    """

    name: str
    kind: type
    default: Value
    label: str
    help: str
    group: Group
    live: bool = False
    minimum: float | None = None
    maximum: float | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    logarithmic: bool = False
    unit: str = ""
    advanced: bool = False
    relevant_when: tuple[str, tuple[Value, ...]] | None = None
    task_help: str = ""

    def matters(self, configuration: Configuration) -> bool:
        """Tell whether it means anything beside the other settings.

        It does not where the one that decides over it means nothing itself.
        """
        if self.relevant_when is None:
            return True
        other, values = self.relevant_when
        return getattr(configuration, other) in values and SETTINGS[other].matters(configuration)

    def checked(self, value: object) -> Value:
        """Return `value` as this setting's type.

        Raises
        ------
        ConfigurationError
            Naming the setting, what was given and what is allowed.
        """
        if not self._allows(value):
            raise ConfigurationError(f"{self.label}: {_shown(value)} is not {self.allowed()}.")
        return self.kind(value)  # type: ignore[no-any-return]

    def _allows(self, value: object) -> bool:
        if self.kind is str:
            return isinstance(value, str) and (not self.choices or value in self.choices)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        low = -math.inf if self.minimum is None else self.minimum
        high = math.inf if self.maximum is None else self.maximum
        # Compared first: a whole number may be too large even to become a float.
        if not low <= value <= high:
            return False
        return math.isfinite(value) and (self.kind is float or value == int(value))

    def allowed(self) -> str:
        """Say in words which values are allowed, such as 'a whole number from 1 to 4,096'."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.kind is str:
            return "a text"
        noun = "a whole number" if self.kind is int else "a number"
        limits = ((" from ", self.minimum), (" to ", self.maximum))
        return noun + "".join(f"{word}{_plain(at)}" for word, at in limits if at is not None)


def _plain(number: float) -> str:
    """Write a number without an exponent: 1,000,000 and 0.000001."""
    return f"{number:,.10f}".rstrip("0").rstrip(".")


def _shown(value: object) -> str:
    """Write what was given, cut short: it may come from a file and be of any length."""
    try:
        text = repr(value)
    except ValueError:
        return "a number of more digits than can be shown"
    return text if len(text) <= 60 else f"{text[:57]}..."


def _setting(default: Value, label: str, help: str, group: Group, **more: Any) -> Any:
    return field(
        default=default,
        metadata={"setting": {"label": label, "help": help, "group": group, **more}},
    )


def _titles(registry: Mapping[str, Any]) -> dict[str, str]:
    return {name: getattr(entry, "title", name) for name, entry in registry.items()}


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that a person chooses about one run.

    Raises
    ------
    ConfigurationError
        Where a value is out of range or of the wrong type.
    """

    corpus: str = _setting(
        "tales",
        "Corpus",
        "The text that the network learns to continue, one that is made or read on this computer "
        "or a file of your own; or a task in which what is asked for at the end of a sequence "
        "stands at its beginning.",
        "data",
        choices={info.name: info.title for info in corpus_infos()}
        | {task.name: f"Task: {task.title.lower()}" for task in TASKS.values()}
        | {OWN_TEXT: "Your own text"},
    )
    text_file: str = _setting(
        "",
        "Text file",
        "A file of your own to learn from, in UTF-8, UTF-16 or Latin-1.",
        "data",
        relevant_when=("corpus", (OWN_TEXT,)),
        advanced=True,
    )
    level: str = _setting(
        "character",
        "Tokens",
        "What the network reads and writes one at a time: characters, or words with their "
        "punctuation.",
        "data",
        choices={"character": "characters", "word": "words"},
        relevant_when=("corpus", _TEXTS),
    )
    vocabulary_size: int = _setting(
        DEFAULT_WORDS,
        "Vocabulary",
        "How many words it knows, the most frequent ones; every other is read as <unk>, which it "
        "never writes.",
        "data",
        minimum=2,
        maximum=100_000,
        logarithmic=True,
        unit="words",
        relevant_when=("level", ("word",)),
    )
    validation_fraction: float = _setting(
        0.1,
        "Held out",
        "The share of the text, at its end, that is never trained on but tested on.",
        "data",
        minimum=0.0,
        maximum=0.5,
        relevant_when=("corpus", _TEXTS),
        advanced=True,
    )
    cell: str = _setting(
        "vanilla",
        "Cell",
        "The kind of recurrent layer: the vanilla RNN, or one whose gates decide what is kept, "
        "so that it forgets more slowly.",
        "network",
        choices=_titles(CELLS),
    )
    activation: str = _setting(
        "tanh",
        "Activation",
        "What squashes each unit's sum: tanh keeps it between -1 and 1; ReLU cuts off below 0 "
        "and has no upper end.",
        "network",
        choices={"tanh": "tanh", "relu": "ReLU"}
        | {n: n for n in ACTIVATIONS if n not in ("tanh", "relu")},
        relevant_when=("cell", tuple(n for n, cell in CELLS.items() if cell.chooses_activation)),
    )
    num_layers: int = _setting(
        1,
        "Layers",
        "How many recurrent layers stand on each other; each reads the one below.",
        "network",
        minimum=1,
        maximum=LARGEST_DEPTH,
        unit="layers",
    )
    hidden_size: int = _setting(
        100,
        "Hidden units",
        "How many numbers the network remembers from one character to the next.",
        "network",
        minimum=1,
        maximum=LARGEST_HIDDEN_SIZE,
        logarithmic=True,
        unit="units",
        relevant_when=("parameter_budget", (0,)),
    )
    parameter_budget: int = _setting(
        0,
        "Budget",
        "Where it is not 0, the hidden layers are as large as so many parameters allow: networks "
        "of other cells can be compared at equal cost.",
        "network",
        minimum=0,
        maximum=200_000_000,
        logarithmic=True,
        unit="parameters",
        advanced=True,
    )
    residual: str = _setting(
        "off",
        "Residual",
        "Whether each layer from the second on adds what it reads to what it hands upwards: a "
        "short cut for the gradient.",
        "network",
        choices={"off": "off", "on": "on"},
        relevant_when=("num_layers", DEEP),
        advanced=True,
    )
    initialization: str = _setting(
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
    initialization_gain: float = _setting(
        1.0,
        "Gain",
        "The factor on the orthogonal or identity matrix W: in a vanilla RNN the gradient at first "
        "shrinks at every step back where it is below 1, and can grow where it is above.",
        "network",
        minimum=0.0,
        maximum=10.0,
        relevant_when=("initialization", ("orthogonal", "identity")),
    )
    forget_bias: float = _setting(
        1.0,
        "Forget bias",
        "Where the LSTM's forget gates begin: at 1 they keep most of the cell state from the "
        "first step on.",
        "network",
        minimum=-10.0,
        maximum=10.0,
        relevant_when=("cell", tuple(n for n, cell in CELLS.items() if "f" in cell.gate_names)),
        advanced=True,
    )
    seed: int = _setting(
        1,
        "Seed",
        "The same seed and settings give the same run, bit for bit.",
        "network",
        minimum=0,
        maximum=LARGEST_SEED,
    )
    dtype: str = _setting(
        "float32",
        "Precision",
        "float32 is twice as fast; float64 is for checking gradients.",
        "network",
        choices={"float32": "float32", "float64": "float64"},
        advanced=True,
    )
    learning_rate: float = _setting(
        0.1,
        "Learning rate",
        "How far each step moves the weights.",
        "training",
        live=True,
        minimum=1e-6,
        maximum=1e4,
        logarithmic=True,
    )
    optimizer: str = _setting(
        "adagrad",
        "Optimiser",
        "SGD moves straight down the gradient, with momentum it keeps some of its last step; "
        "Adagrad makes smaller steps for weights that have already moved a lot; RMSProp and Adam "
        "make steps of about the same length for every weight.",
        "training",
        live=True,
        choices=_titles(OPTIMIZERS),
    )
    momentum: float = _setting(
        0.9,
        "Momentum",
        "How much of its last step SGD with momentum keeps.",
        "training",
        live=True,
        minimum=0.0,
        maximum=0.999,
        relevant_when=("optimizer", ("momentum",)),
    )
    adagrad_start: float = _setting(
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
    schedule: str = _setting(
        "constant",
        "Schedule",
        "How the learning rate changes over the run: not at all, by a factor every epoch, or up "
        "in a warm-up and then down along a cosine.",
        "training",
        live=True,
        choices=SCHEDULES,
        advanced=True,
        task_help="How the learning rate changes over the run: not at all, or up in a warm-up and "
        "then down along a cosine. A task has no epochs: a decay by epochs leaves the rate as it "
        "is.",
    )
    decay_rate: float = _setting(
        0.97,
        "Decay",
        "What the learning rate is multiplied by at every further epoch.",
        "training",
        live=True,
        minimum=0.01,
        maximum=1.0,
        relevant_when=("schedule", ("exponential",)),
        advanced=True,
    )
    decay_start: int = _setting(
        10,
        "Decay from",
        "After how many epochs the learning rate begins to fall.",
        "training",
        live=True,
        minimum=1,
        maximum=10_000,
        unit="epochs",
        relevant_when=("schedule", ("exponential",)),
        advanced=True,
    )
    warmup_steps: int = _setting(
        100,
        "Warm-up",
        "Over how many steps the learning rate rises to its full height: at most half of the "
        "schedule.",
        "training",
        live=True,
        minimum=0,
        maximum=1_000_000,
        unit="steps",
        relevant_when=("schedule", ("cosine",)),
        advanced=True,
    )
    schedule_steps: int = _setting(
        10_000,
        "Falls until",
        "At which step the cosine reaches its end, a hundredth of the learning rate.",
        "training",
        live=True,
        minimum=1,
        maximum=100_000_000,
        logarithmic=True,
        unit="steps",
        relevant_when=("schedule", ("cosine",)),
        advanced=True,
    )
    clip_mode: str = _setting(
        "norm",
        "Clip gradients",
        "Value limits every entry of the gradient, which turns it; norm shortens the whole, "
        "which keeps its direction.",
        "training",
        live=True,
        choices={mode: mode for mode in CLIP_MODES},
    )
    clip_threshold: float = _setting(
        100.0,
        "Threshold",
        "The largest entry, or the largest norm, that clipping lets through.",
        "training",
        live=True,
        minimum=1e-6,
        maximum=1e6,
        logarithmic=True,
        relevant_when=("clip_mode", ("value", "norm")),
    )
    sequence_length: int = _setting(
        25,
        "Sequence length",
        "How many characters the gradient travels back (truncated back-propagation through "
        "time). The hidden state is carried further, from window to window.",
        "training",
        live=True,
        minimum=1,
        maximum=2000,
        logarithmic=True,
        unit="characters",
        task_help="How long every sequence is. The gradient travels back over the whole of it, and "
        "each begins with an empty hidden state.",
    )
    batch_size: int = _setting(
        1,
        "Batch",
        "How many places of the text are read side by side in one step.",
        "training",
        live=True,
        minimum=1,
        maximum=1024,
        logarithmic=True,
        unit="streams",
        task_help="How many new sequences are learned from in one step.",
    )
    dropout: float = _setting(
        0.0,
        "Dropout",
        "The share of each layer's outputs that the next layer is not shown, drawn anew at every "
        "training step; it writes and is tested with all of them.",
        "training",
        live=True,
        minimum=0.0,
        maximum=0.95,
        relevant_when=("num_layers", DEEP),
        advanced=True,
        task_help="The share of each layer's outputs that the next layer is not shown, drawn anew "
        "at every training step; it is tested with all of them.",
    )
    validation_interval: int = _setting(
        1000,
        "Test every",
        "After how many steps the loss on the held-out text is measured; 0 is never.",
        "training",
        live=True,
        minimum=0,
        maximum=1_000_000,
        unit="steps",
        advanced=True,
        task_help="After how many steps it is tested on new sequences, which it never trains on; "
        "0 is never.",
    )
    temperature: float = _setting(
        0.5,
        "Temperature",
        "How boldly text is written: 0 always takes the likeliest token, 1 follows the "
        "network's own probabilities, more is wilder.",
        "text",
        live=True,
        minimum=0.0,
        maximum=10.0,
        relevant_when=("corpus", _TEXTS),
    )
    prompt: str = _setting(
        "",
        "Prompt",
        "What the network reads before it writes; what it does not know is skipped.",
        "text",
        live=True,
        relevant_when=("corpus", _TEXTS),
    )

    def __post_init__(self) -> None:
        for name, setting in SETTINGS.items():
            object.__setattr__(self, name, setting.checked(getattr(self, name)))
        if self.corpus == OWN_TEXT and not self.text_file:
            raise ConfigurationError("Your own text needs a file to read.")

    @property
    def task(self) -> Task | None:
        """The task that is learned; None for a text."""
        return TASKS.get(self.corpus)

    @property
    def token(self) -> str:
        """What one step reads: ``character`` or ``word``, or ``time step`` of a task."""
        return self.level if self.task is None else "time step"

    def vocabulary(self, tokens: tuple[str, ...]) -> TokenVocabulary:
        """Return the vocabulary of these tokens, which may come from a file.

        Raises
        ------
        DataError
            If they are none of this level.
        ConfigurationError
            If they are not those of the task.
        """
        if self.task is None:
            return vocabulary_of(self.level, tokens)
        if tokens != self.task.symbols:
            raise ConfigurationError(f"{self.task.title} is read in other symbols.")
        return self.task.vocabulary

    def architecture(self, vocab_size: int) -> Architecture:
        """Return the network's sizes and kinds for a vocabulary of `vocab_size` tokens.

        Raises
        ------
        ConfigurationError
            Where the budget of parameters buys no network, or one that is too large.
        """
        architecture = Architecture(
            vocab_size=vocab_size,
            hidden_size=self.hidden_size,
            num_layers=self.num_layers,
            cell=self.cell,
            activation=self.activation,
            residual=self.residual == "on",
            answers=None if self.task is None else len(self.task.answers),
            reads_numbers=self.task is not None and self.task.reads_numbers,
        )
        if not self.parameter_budget:
            return architecture
        affordable = architecture.within(self.parameter_budget)
        if affordable is None or affordable.hidden_size > LARGEST_HIDDEN_SIZE:
            smallest = dataclasses.replace(architecture, hidden_size=1).parameter_count()
            raise ConfigurationError(
                f"Parameters: a network over {vocab_size:,} tokens has at least {smallest:,}."
                if affordable is None
                else f"Parameters: {self.parameter_budget:,} would need more than "
                f"{LARGEST_HIDDEN_SIZE:,} hidden units."
            )
        return affordable

    def to_mapping(self) -> dict[str, Value]:
        """Return the settings by name, ready for JSON."""
        return {name: getattr(self, name) for name in SETTINGS}

    @classmethod
    def from_mapping(cls, values: Mapping[str, object]) -> Self:
        """Build a configuration from settings by name; those not named keep their defaults.

        Raises
        ------
        ConfigurationError
            Where a name is unknown or a value is not allowed.
        """
        unknown = [name for name in values if name not in SETTINGS]
        if unknown:
            raise ConfigurationError(f"There is no setting called {_shown(unknown[0])}.")
        checked: dict[str, Any] = {
            name: SETTINGS[name].checked(value) for name, value in values.items()
        }
        return cls(**checked)

    def with_value(self, name: str, value: object) -> Self:
        """Return a copy with one setting changed; raises as `from_mapping` does."""
        if name not in SETTINGS:
            raise ConfigurationError(f"There is no setting called {_shown(name)}.")
        return dataclasses.replace(self, **{name: value})  # type: ignore[arg-type]


def _declared_settings() -> dict[str, Setting]:
    kinds = get_type_hints(Configuration)
    return {
        entry.name: Setting(
            name=entry.name,
            kind=kinds[entry.name],
            default=entry.default,  # type: ignore[arg-type]
            **entry.metadata["setting"],
        )
        for entry in dataclasses.fields(Configuration)
    }


SETTINGS: dict[str, Setting] = _declared_settings()
"""Every setting by name, in the order in which the form shows them."""

NETWORK_SETTINGS = frozenset(
    {name for name, setting in SETTINGS.items() if setting.group == "network"}
    | {"level", "vocabulary_size"}
)
"""The settings that make a network what it is: another value of one is another network."""
