"""One step's state, whole: what a model file holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from rnnviz.core.parameters import Array
from rnnviz.training.configuration import Configuration
from rnnviz.training.state.journal import Journal
from rnnviz.training.state.origin import Origin


@dataclass(frozen=True, slots=True)
class Sample:
    """A text that the network wrote at one step.

    Attributes
    ----------
    step
        After how many training steps.
    prompt
        What it read first.
    pieces
        What it wrote, token by token: characters, or words with the space before them.
    probabilities
        For each piece what the network gave it, at temperature 1.
    temperature
        The temperature that the text was drawn with.
    """

    step: int
    prompt: str
    pieces: tuple[str, ...]
    probabilities: tuple[float, ...]
    temperature: float

    @property
    def text(self) -> str:
        """What it wrote."""
        return "".join(self.pieces)


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class BestWeights:
    """The weights that did best on what is held out.

    Attributes
    ----------
    step, loss
        When, and the loss there: in the source's unit.
    parameters
        Arrays by the core's names.
    """

    step: int
    loss: float
    parameters: Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class TextPlaces:
    """Where the text may stand of a model whose file has only its name.

    Attributes
    ----------
    last_read
        Where this computer read it last: what stands there by now is taken even if it was changed.
        Empty where it never read it.
    others
        Where it is taken if it is the same text, by its fingerprint.
    """

    last_read: str = ""
    others: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Each place once, the likeliest first."""
        return tuple(dict.fromkeys(filter(None, (self.last_read, *self.others))))


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """All that is needed to go on as if nothing had happened.

    Attributes
    ----------
    configuration
        The settings at this step.
    tokens
        The vocabulary, in the order of ids.
    parameters
        Arrays by the core's names (``rnnviz.core.architecture.Architecture.parameter_shapes``).
    slots
        For each of the optimiser's slots, arrays by the same names.
    optimizer_steps
        How many updates the optimiser has done.
    best
        The best weights so far, if they were ever tested.
    journal
        What was done to the run between its steps; None where it is not known.
    origins
        Which runs it has left as a branch, the last one first; empty where it is none.
    past
        What it was after some of its earlier steps, ascending; none of these has a past of its own.
    carried_state
        For each layer its states by name, (B, H).
    step, tokens_seen, epoch, position
        Steps done, tokens trained on, and the reader's place in the text.
    rng
        The state of the run's random generator, as NumPy gives it.
    history
        Named arrays of the run's history, see ``rnnviz.training.record.history``.
    samples
        The texts written so far.
    fingerprint
        SHA-256 of the text that was trained on.
    title
        What that text is called.
    text_places
        Where to look for that text; None where the configuration says where it is.
    """

    configuration: Configuration
    tokens: tuple[str, ...]
    parameters: Mapping[str, Array]
    slots: Mapping[str, Mapping[str, Array]]
    optimizer_steps: int
    carried_state: tuple[Mapping[str, Array], ...]
    step: int
    tokens_seen: int
    epoch: int
    position: int
    rng: Mapping[str, object]
    history: Mapping[str, Array] = field(default_factory=dict)
    samples: tuple[Sample, ...] = ()
    fingerprint: str = ""
    title: str = ""
    best: BestWeights | None = None
    journal: Journal | None = None
    origins: tuple[Origin, ...] = ()
    past: tuple[Checkpoint, ...] = ()
    text_places: TextPlaces | None = None

    def without_folder(self) -> Checkpoint:
        """Return the same, which names a text of the person's own, but not where it stands."""
        name = self.configuration.text_name
        return replace(
            self,
            configuration=self.configuration.with_value("text_file", name),
            journal=self.journal and self.journal.of_text_in(name),
            past=tuple(earlier.without_folder() for earlier in self.past),
        )
