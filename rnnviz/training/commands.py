"""What a run can be told: plain, picklable values, obeyed between steps and in order."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.training.claims.claim import Claim
from rnnviz.training.claims.goal import Goal
from rnnviz.training.configuration import Configuration, Value
from rnnviz.training.observation.kinds.diagnostic import Diagnostic
from rnnviz.training.state.checkpoint import Checkpoint


@dataclass(frozen=True, slots=True)
class Train:
    """Go on training; from a failed state, try again with the settings as they are now.

    Attributes
    ----------
    steps
        After how many more steps the run is finished; None for never.
    steps_per_second
        At which speed, until then; None for that of `SetSpeed`.
    """

    steps: int | None = None
    steps_per_second: float | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop after the step that is under way."""


@dataclass(frozen=True, slots=True)
class TakeStep:
    """Do one training step and pause."""


@dataclass(frozen=True, slots=True)
class Reset:
    """Return to the first weights of the same seed, with the settings as they are now."""


@dataclass(frozen=True, slots=True)
class Undo:
    """Undo what was changed last: a live setting, or that another run took this one's place.

    A `Reset` or `Restart` undone brings the run back that it ended, paused; the one of now is put
    away. A `NewRun` or `Resume` is not undone, and nothing of before it.
    """


@dataclass(frozen=True, slots=True)
class Redo:
    """Do again what was undone last, unless something else was changed since."""


@dataclass(frozen=True, slots=True)
class UseBest:
    """Return to the weights that did best on what is held out, paused."""


@dataclass(frozen=True, slots=True)
class NewRun:
    """Begin a new run; the present one stays until the new one is ready.

    Attributes
    ----------
    configuration
        The run's settings.
    claims
        What is said of it, to be measured on the way.
    """

    configuration: Configuration
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Restart:
    """Begin a new run with the settings in force, or the defaults before there are any, changed.

    Unlike a `NewRun` whose configuration somebody took from a snapshot, it loses no `Change` that
    was posted just before it; and the text is read again only where it is another one.
    """

    changes: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Resume:
    """Go on from a checkpoint, paused."""

    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Change:
    """Change one live setting at the next step.

    Attributes
    ----------
    name, value
        Of the setting.
    goes_on
        Whether this goes on with the last change of the same setting, as of a slider that is
        dragged: both are undone together. It does not where something else was changed since.
    """

    name: str
    value: Value
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class LookAt:
    """Show the run as it was after a step; it goes on, or rests, as it did.

    Attributes
    ----------
    step
        Which one; what is below the first or above the last one is that one.
    exactly
        Whether that step is wanted, or the nearest before it that can be had at once.
    beside_now
        Whether the network of now is measured too, to be seen beside it.
    """

    step: int
    exactly: bool = True
    beside_now: bool = False


@dataclass(frozen=True, slots=True)
class ComeBack:
    """Show the run as it is now."""


@dataclass(frozen=True, slots=True)
class SetSpeed:
    """Limit training to so many steps a second, a finite number above 0; None for no limit."""

    steps_per_second: float | None


@dataclass(frozen=True, slots=True)
class Watch:
    """Say what the next snapshots should carry.

    Attributes
    ----------
    diagnostics
        Of these what was measured.
    goals
        Of these how the run stands, whichever run it is.
    """

    diagnostics: frozenset[Diagnostic]
    goals: tuple[Goal, ...] = ()


@dataclass(frozen=True, slots=True)
class Write:
    """Write a fresh text from the prompt with the weights as they are now.

    Attributes
    ----------
    length
        Tokens, from 0 to `rnnviz.training.text_generator.STREAM_LENGTH`.
    """

    length: int


Command = (
    Train
    | Pause
    | TakeStep
    | Reset
    | Undo
    | Redo
    | UseBest
    | NewRun
    | Restart
    | Resume
    | Change
    | LookAt
    | ComeBack
    | SetSpeed
    | Watch
    | Write
)
