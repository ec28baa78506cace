"""What is asked of a run's loop, and what comes back: plain, picklable values."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from rnnviz.data import TextKey
from rnnviz.diagnostics.gradient_report import CheckSubject
from rnnviz.diagnostics.one_step.subject import StepSubject
from rnnviz.runs.shared_text import TextToShare
from rnnviz.storage.fault_reports import CRASH_SUFFIX, Fault
from rnnviz.training.commands import Command, NewRun, Restart, Resume
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.kinds.diagnostic import Diagnostic
from rnnviz.training.snapshot import Glance, Snapshot
from rnnviz.training.state.checkpoint import Checkpoint


@dataclass(frozen=True, slots=True)
class SaveModel:
    """Write the run, as it is between two steps, to a file; with its past or without."""

    path: Path
    with_past: bool = False


@dataclass(frozen=True, slots=True)
class ExportModel:
    """Write the network that is seen, of now or of the past, to a file that is not the run's."""

    path: Path
    with_past: bool = False


@dataclass(frozen=True, slots=True)
class ExportTo:
    """Write the network that is seen, of now or of the past, for other programs.

    Attributes
    ----------
    to
        A key of ``rnnviz.storage.travel.exports.EXPORTS``.
    path
        The file, to which others may belong.
    """

    to: str
    path: Path


@dataclass(frozen=True, slots=True)
class OpenModel:
    """Go on from a model file; the present run stays where the file cannot be used.

    A network of another program may need a file that says which tokens it reads.
    """

    path: Path
    vocabulary: Path | None = None


@dataclass(frozen=True, slots=True)
class Recover:
    """Go on from an autosave, which then is this run's own; the present run stays where it cannot.

    Attributes
    ----------
    path
        What it holds, no file of the person's does.
    """

    path: Path


@dataclass(frozen=True, slots=True)
class AutosaveIn:
    """Keep what no file of the person's holds, so that it outlives the process.

    Attributes
    ----------
    folder
        Where; it is there.
    place
        Whose run it is: names of its files begin so.
    seconds
        From one autosave to the next, while the run trains.
    """

    folder: Path
    place: str
    seconds: float

    @property
    def crash_file(self) -> Path:
        """Where it is told that Python itself has crashed."""
        return self.folder / f"{self.place}{CRASH_SUFFIX}"


@dataclass(frozen=True, slots=True)
class Autosave:
    """Keep it at once: the process may be about to end."""


@dataclass(frozen=True, slots=True)
class CheckFile:
    """Read a model or a text and say whether it can be used; the run stays as it is."""

    path: Path
    vocabulary: Path | None = None


@dataclass(frozen=True, slots=True)
class CopyForCheck:
    """Hand out a copy of the network between two steps, to check its gradients elsewhere."""


@dataclass(frozen=True, slots=True)
class CopyForStep:
    """Hand out a copy of all that the next step depends on, to look into that elsewhere."""


@dataclass(frozen=True, slots=True)
class CopyForBranch:
    """Hand out all that is needed to go on elsewhere from the step that is seen."""


@dataclass(frozen=True, slots=True)
class JoinRace:
    """Train no further ahead of others than their race's rule allows.

    Attributes
    ----------
    table
        The name of the race's `rnnviz.runs.race.RaceTable`.
    row
        Where this run, and no other, says how far it is.
    """

    table: str
    row: int


@dataclass(frozen=True, slots=True)
class LeaveRace:
    """Train on without waiting for anybody."""


Request = (
    Command
    | SaveModel
    | ExportModel
    | ExportTo
    | OpenModel
    | Recover
    | AutosaveIn
    | Autosave
    | CheckFile
    | CopyForCheck
    | CopyForStep
    | CopyForBranch
    | JoinRace
    | LeaveRace
)

BEGINNINGS = (NewRun, Restart, Resume, OpenModel, Recover)
"""The requests with which another run begins."""


@dataclass(frozen=True, slots=True)
class WantSnapshot:
    """There is room for a snapshot: have one made of one of the next steps."""


@dataclass(frozen=True, slots=True)
class WantGlance:
    """There is room for a glance at the watched text: have it measured, and these of it."""

    diagnostics: frozenset[Diagnostic]


@dataclass(frozen=True, slots=True)
class Stop:
    """End after the step that is under way."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A request could not be obeyed, and why; nothing has changed."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Faulted:
    """A fault of this program's own; training is paused, and nothing is lost."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something that the person should know about the text or the model."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Loading:
    """How far a text's reading has come, from 0 to 1, and what is being done; 1 when it ended."""

    fraction: float
    what: str


@dataclass(frozen=True, slots=True)
class Usable:
    """The file was read and can be opened."""

    path: Path


@dataclass(frozen=True, slots=True)
class ForeignFile:
    """A network of another program could be opened, once the person has helped.

    Attributes
    ----------
    sentence
        What is missing.
    lines
        What the person can run to get a file that can be opened; empty where a vocabulary is
        missing.
    """

    path: Path
    sentence: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Begun:
    """A new run stands; with its model file where it was opened from one."""

    path: Path | None


@dataclass(frozen=True, slots=True)
class Saved:
    """The model was written to this file, as it was after so many steps."""

    path: Path
    step: int


@dataclass(frozen=True, slots=True)
class Autosaved:
    """What no file of the person's holds is in this one.

    Attributes
    ----------
    path
        The autosave.
    step
        How many steps were done by then.
    saved_at
        When that was, in seconds since 1970.
    """

    path: Path
    step: int
    saved_at: float = field(default_factory=time.time)


@dataclass(frozen=True, slots=True)
class Exported:
    """The network that was seen was written to this file, or why it was not.

    Attributes
    ----------
    path
        Where to.
    step, configuration
        Of the network; no configuration where it was not written.
    refusal
        A sentence; empty where it was written.
    """

    path: Path
    step: int = 0
    configuration: Configuration | None = None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class ExportedTo:
    """The network that was seen, as it was after so many steps, was written for other programs."""

    files: tuple[Path, ...]
    step: int


@dataclass(frozen=True, slots=True, eq=False)
class Copied:
    """The network as it is between two steps, with its next window: nobody else's."""

    subject: CheckSubject


@dataclass(frozen=True, slots=True, eq=False)
class StepCopied:
    """All that the next step depends on, which was not taken: nobody else's."""

    subject: StepSubject


@dataclass(frozen=True, slots=True, eq=False)
class Branched:
    """All that is needed to go on from the step that is seen: nobody else's."""

    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True, eq=False)
class Pictured:
    """What a frame shows.

    Attributes
    ----------
    snapshot
        All of it.
    has_last_window
        Whether, on its way, it goes without the window that the snapshot sent before it had.
    """

    snapshot: Snapshot
    has_last_window: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Glanced:
    """What changes from frame to frame."""

    glance: Glance


@dataclass(frozen=True, slots=True)
class Died:
    """The process that trained has ended unasked, and a sentence about it."""

    sentence: str


@dataclass(frozen=True, slots=True)
class WantText:
    """A run is about to read a text, and asks who has read it already.

    Attributes
    ----------
    ask
        By which what follows is known to be about this; no other one has it.
    key
        Of the text.
    """

    ask: str
    key: TextKey


@dataclass(frozen=True, slots=True)
class TextRead:
    """A text was read by the run that was to: whoever wants it under one of the keys has it."""

    ask: str
    text: TextToShare
    keys: frozenset[TextKey]


@dataclass(frozen=True, slots=True)
class LetTextGo:
    """The run could not read the text, has it alone, or uses it no more."""

    ask: str


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """What comes back to who wants a text.

    Attributes
    ----------
    ask
        The question's.
    text
        None where it is to be read.
    memory
        The name of the memory in which it then is to lie; empty where all are in one process.
    """

    ask: str
    text: TextToShare | None = None
    memory: str = ""


TextEvent = WantText | TextRead | LetTextGo
"""What runs say to each other, and nobody else need hear."""

Event = (
    Refused
    | Faulted
    | Noticed
    | Loading
    | Usable
    | ForeignFile
    | Begun
    | Saved
    | Autosaved
    | Exported
    | ExportedTo
    | Copied
    | StepCopied
    | Branched
    | Pictured
    | Glanced
    | Died
    | TextEvent
)
