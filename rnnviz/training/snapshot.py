"""What the window is shown: one step's state, complete, copied and frozen."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from rnnviz.data import ReferenceLine
from rnnviz.training.claims.goal import Goal
from rnnviz.training.claims.watch import ClaimsView
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.kinds.diagnostic import (
    CarriedDiagnostic,
    Diagnostic,
    Measurements,
    Result,
)
from rnnviz.training.past.lineage import Lineage
from rnnviz.training.past.timeline import TimelineView
from rnnviz.training.record.gradient_history import RecentGradientsView
from rnnviz.training.record.progress import ProgressView
from rnnviz.training.record.series import DiagnosticSeriesView
from rnnviz.training.remarks.remark import Remark
from rnnviz.training.score import Score
from rnnviz.training.state.origin import Origin
from rnnviz.training.undo.view import UndoView


class RunState(Enum):
    """What a run is doing; the reason stands beside it in `Snapshot.reason`."""

    IDLE = "idle"
    """New or reset: no step was done."""
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    """It reached the number of steps that was asked for."""
    FAILED = "failed"
    """A loss or gradient was not finite; the last finite weights are kept."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the network answered to one step.

    Attributes
    ----------
    step
        Which time step, from 0.
    expected, given
        The right answer and the network's.
    is_right
        Whether it counts as right.
    probabilities
        What it gave each possible answer; empty where a number is asked for.
    """

    step: int
    expected: str
    given: str
    is_right: bool
    probabilities: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class PredictedText:
    """What a network read, and how probable it thought what came next.

    Attributes
    ----------
    prompt
        What was read first.
    pieces
        What each token after it adds to the text.
    probabilities
        What the network gave each of them.
    """

    prompt: str
    pieces: tuple[str, ...]
    probabilities: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class WindowView:
    """One window, first stream, as the network reads it; all that it carries was measured in it.

    It is the window from which the next step learns, before it does; or the watched text, where
    there is one, from which none learns.

    Attributes
    ----------
    step
        How many steps the weights have learned from. While training runs and looking costs much,
        this may be fewer than the snapshot's.
    tokens
        The T tokens read, or what else was shown.
    targets
        The T tokens that should have been predicted, or the right answers to the last steps.
    streams
        B, of which this is the first.
    is_watched_text
        Whether it is the watched text, read from a state of zeros, and not the next window.
    measured
        What somebody watches of it.
    """

    step: int
    tokens: tuple[str, ...]
    targets: tuple[str, ...]
    streams: int
    is_watched_text: bool
    measured: Measurements


@dataclass(frozen=True, slots=True, eq=False)
class Glance:
    """A look at the watched text between two snapshots. Dropping one loses nothing.

    Attributes
    ----------
    run_id
        Of the run.
    window
        The watched text, with what is worth measuring at every frame.
    """

    run_id: str
    window: WindowView


@dataclass(frozen=True, slots=True)
class StepNumbers:
    """How far a run was at a step, and how well it did there.

    Attributes
    ----------
    step, epoch, smoothed_loss
        As in a `Snapshot`.
    """

    step: int
    epoch: float
    smoothed_loss: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """Everything that a frame shows. Dropping one loses nothing.

    Attributes
    ----------
    run_id
        Of this run and of no other, in whatever process it was begun; a run that was put away and
        comes back has the same as before.
    state, reason
        The run's state and, where there is one, a sentence about it.
    configuration
        The settings in force.
    title
        What is learned from, as people call it.
    step, epoch, tokens_seen, tokens_per_second
        Progress; `epoch` counts whole and part readings of the text.
    learning_rate
        Of the last step, as its schedule had it.
    loss, smoothed_loss
        The last step's, and its mean over about 50 steps: in the source's
        `loss_unit`.
    vocab_size, hidden_size, parameter_count
        Sizes of the network.
    best_step
        After which step the weights did best on what is held out; None while that is unknown.
    undo
        What can be undone and done again, and what was last.
    memory_needed
        Bytes of its weights, gradients and windows, as estimated.
    text_bytes
        Bytes of its text's tokens, which runs that read the same file share.
    references
        Losses to compare with, the simplest guess's first; none where the data are not at hand.
    score
        How many answers were wrong when it was last tested; None before, and where nothing is
        right or wrong.
    claims
        What an experiment says of this run, and what was found; None where nothing is said.
    goals
        Of what somebody wants to bring about, what was measured last; NaN where nothing can be.
    progress
        How many tokens and seconds of a processor its steps took so far.
    remarks
        What just happened, as far as it was measured; the most striking first.
    recorded
        What somebody watches of the run's record.
    window
        The window that was looked at last; None before there is one.
    recent_gradients
        What is usual of the window's gradient, from the last windows in which it was measured.
    series
        By diagnostic, of those that are watched, how its numbers went over the run.
    timeline
        The run's way so far. Where it says that a step of the past is seen, `window`, `of_past` and
        the text that is being written are of the network of that step; all else is of now.
    of_past
        The numbers of that step; None where now is seen.
    window_of_now
        The network's of now, where it is to be seen beside its past; else None.
    origins
        Which runs it has left as a branch, the last one first; empty where it is none.
    lineage
        By what it is known to have been the same as another run, up to some step.
    """

    run_id: str
    state: RunState
    reason: str
    configuration: Configuration
    title: str
    step: int
    epoch: float
    tokens_seen: int
    tokens_per_second: float
    learning_rate: float
    loss: float | None
    smoothed_loss: float | None
    vocab_size: int
    hidden_size: int
    parameter_count: int
    best_step: int | None
    undo: UndoView
    memory_needed: int
    text_bytes: int
    references: tuple[ReferenceLine, ...]
    score: Score | None
    claims: ClaimsView | None
    goals: Mapping[Goal, float]
    progress: ProgressView
    remarks: tuple[Remark, ...]
    recorded: Measurements
    window: WindowView | None
    recent_gradients: RecentGradientsView
    series: Mapping[Diagnostic, DiagnosticSeriesView]
    timeline: TimelineView
    of_past: StepNumbers | None
    window_of_now: WindowView | None
    origins: tuple[Origin, ...]
    lineage: Lineage

    @property
    def is_of_past(self) -> bool:
        """Whether a step of the past is seen."""
        return self.timeline.seen is not None

    @property
    def seen(self) -> StepNumbers:
        """The numbers of the step that is seen: of the past, or of now."""
        return self.of_past or StepNumbers(self.step, self.epoch, self.smoothed_loss)

    def get(self, diagnostic: CarriedDiagnostic[Result]) -> Result | None:
        """Return what was measured for a diagnostic; None where it was not."""
        if diagnostic in self.recorded:
            return self.recorded[diagnostic]
        return None if self.window is None else self.window.measured.get(diagnostic)

    def with_glance(self, glance: Glance | None) -> Snapshot:
        """Return the run at a glance's step, with that window and nothing else that is newer.

        Itself where the glance is not newer, of another run or text, or was to measure less, and
        where a step of the past is seen.
        """
        window = self.window
        if (
            glance is None
            or window is None
            or self.is_of_past
            or glance.run_id != self.run_id
            or glance.window.step <= window.step
            or not window.is_watched_text
            or glance.window.tokens != window.tokens
            or any(
                one.at_every_frame and one not in glance.window.measured for one in window.measured
            )
        ):
            return self
        return dataclasses.replace(self, step=glance.window.step, window=glance.window)
