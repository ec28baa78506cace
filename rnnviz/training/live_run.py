"""A run that somebody commands, with what goes along with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import uuid4

from rnnviz.core.errors import RnnvizError
from rnnviz.data import DataError
from rnnviz.training.claims.watch import ClaimWatch
from rnnviz.training.configuration import SETTINGS, Effect, Value
from rnnviz.training.configuration.advice import advice
from rnnviz.training.configuration.setting import is_whole_number
from rnnviz.training.observation.kinds.watched_text import kept as all_or_nothing
from rnnviz.training.past.kept_states import KeptStates
from rnnviz.training.past.lineage import Lineage, lineage_of
from rnnviz.training.past.look_back import LookBack
from rnnviz.training.past.marks import marks_of
from rnnviz.training.past.timeline import Mark, TimelineView
from rnnviz.training.problems.registry import problem_of
from rnnviz.training.record.threshold import NO_THRESHOLD, ThresholdView, threshold_view
from rnnviz.training.state.checkpoint import Checkpoint
from rnnviz.training.state.training_state import TrainingState
from rnnviz.training.trainer import Trainer

MOST_IN_A_FILE = 16
"""A file holds no more earlier states."""
_STEPS_TO_LOOK = 500
"""After so many steps it is looked again at what became frequent."""
_SHARE_PUT_AWAY = 3
"""A run that is put away may keep one part in so many of its memory for the past."""


@dataclass(slots=True, eq=False)
class LiveRun:
    """What is put away and taken back together.

    Attributes
    ----------
    trainer
        Steps it.
    claims
        What is said of it, measured on the way.
    kept
        Earlier states of it.
    look_back
        The past that is looked at; None where that is the present.
    is_beside_now
        Whether the present is to be seen beside it.
    run_id
        Of this run and of no other, also when it comes back.
    first_step
        The step that it began with here.
    """

    trainer: Trainer
    claims: ClaimWatch
    kept: KeptStates = field(init=False)
    look_back: LookBack | None = None
    is_beside_now: bool = False
    run_id: str = field(init=False, default_factory=lambda: uuid4().hex)
    first_step: int = field(init=False)
    _marks: tuple[Mark, ...] = ()
    _thresholds: ThresholdView = NO_THRESHOLD
    _marked: tuple[object, ...] | None = None
    _lineage: Lineage | None = None
    _lineage_of: tuple[object, ...] = ()

    def __post_init__(self) -> None:
        self.kept = KeptStates(self.trainer.state)
        self.first_step = self.trainer.step_count

    def take_past(self, past: Sequence[Checkpoint]) -> None:
        """Know what the run was after earlier steps, as its file has it.

        Of another text, or where they are none of this run's, it stays as it is.
        """
        state, dataset = self.trainer.state, self.trainer.dataset
        if state.fingerprint not in {earlier.fingerprint for earlier in past}:
            return
        file = state.configuration.text_file
        try:
            states = [
                TrainingState.from_checkpoint(
                    earlier, earlier.configuration.with_value("text_file", file), dataset
                )
                for earlier in past
            ]
        except RnnvizError:
            return
        earliest, *later = [*states, state]
        self.kept = KeptStates(earliest)
        for each in later:
            self.kept.take(each)

    @property
    def shows_both(self) -> bool:
        """Whether the network of now is to be seen beside its past."""
        return self.look_back is not None and self.is_beside_now

    @property
    def is_looked_at(self) -> bool:
        """Whether the network of now is to be seen, alone or beside its past."""
        return self.look_back is None or self.is_beside_now

    def change(self, name: str, value: Value, *, goes_on: bool = False) -> list[str]:
        """Change a live setting; return what is to be said of that. `goes_on` is as in `Change`.

        Raises
        ------
        RnnvizError
            As `Trainer.change` does.
        """
        trainer = self.trainer
        trainer.change(name, value, goes_on=goes_on)
        configuration, effects = trainer.configuration, SETTINGS[name].effects
        self.claims.configuration_changed(configuration)
        self.kept.fit(configuration.past_memory)
        said = [advice(configuration, name, trainer.step_count)]
        if Effect.OTHER_PROMPT in effects:
            said.append(_unknown_in_prompt(trainer))
        if Effect.OTHER_WATCHED in effects:
            said.extend(trainer.watched_notices)
        return [sentence for sentence in said if sentence is not None]

    def put_away(self) -> None:
        """Give back what a run that rests beside another one can do without."""
        self.trainer.release_buffers()
        self.look_back = None
        self.kept.fit_loosely(self.trainer.configuration.past_memory // _SHARE_PUT_AWAY)

    @property
    def num_bytes(self) -> int:
        """About how much memory it takes while it is put away, without what it is trained on."""
        state = self.trainer.state
        # Weights and the optimiser's slots, the last finite ones of both, and the gradients.
        copies = 3 + 2 * len(state.optimizer.slots) + (state.best is not None)
        return copies * state.network.parameters.flat.nbytes + self.kept.num_bytes

    def watch(self, text: str) -> tuple[str, ...]:
        """Be looked at with a text, all of it or none; return what is to be said of that."""
        trainer = self.trainer
        problem = problem_of(trainer.configuration)
        known, notices = all_or_nothing(problem, trainer.dataset, text)
        trainer.change("watched_text", known)
        return () if known == text else notices

    @property
    def shown(self) -> Trainer:
        """The trainer that is to be seen: of the past that is looked at, or the run's own."""
        return self.trainer if self.look_back is None else self.look_back.trainer

    def look_at(self, step: int, *, exactly: bool) -> None:
        """Show the run as it was after a step, or at the nearest before it that is at hand.

        Raises
        ------
        RnnvizError
            Where the step is no whole number.
        """
        if not is_whole_number(step):
            raise RnnvizError("The step to look at is a whole number.")
        self.look_back = LookBack(
            self.trainer, self.kept, step, exactly=exactly, before=self.look_back
        )

    def checkpoint(self, *, with_past: bool) -> Checkpoint:
        """Return what a file holds of it, with some of its earlier states or without."""
        checkpoint = self.trainer.checkpoint()
        if not with_past:
            return checkpoint
        earlier = self.kept.checkpoints(MOST_IN_A_FILE, self.trainer.state.journal)
        # The last one is the file itself.
        past = tuple(one for one in earlier if one.step < checkpoint.step)
        return replace(checkpoint, past=past)

    def lineage(self) -> Lineage:
        """Return by what it is known to have been the same as another run."""
        journal = self.trainer.state.journal
        known = (journal, len(journal.entries), *journal.entries[-1:])
        if self._lineage is None or known != self._lineage_of:
            self._lineage_of = known
            self._lineage = lineage_of(journal, self.trainer.state.fingerprint)
        return self._lineage

    def timeline(self) -> TimelineView:
        """Return the run's way from its first step to now, and what of it is seen."""
        state, kept, look_back = self.trainer.state, self.kept.steps, self.look_back
        first = int(kept[0]) if len(kept) else state.step
        last_entry = state.journal.entries[-1:]
        best = None if state.best is None else state.best.step
        known = (*last_entry, best, len(state.samples), state.step // _STEPS_TO_LOOK)
        if known != self._marked:
            self._marked, self._marks = known, marks_of(state)
            self._thresholds = threshold_view(state.journal, state.configuration)
        return TimelineView(
            first=first if state.journal.begun_with is None else 0,
            last=state.step,
            kept=kept,
            marks=self._marks,
            seen=None if look_back is None else _seen(look_back.trainer),
            reached=None if look_back is None else look_back.trainer.step_count,
            wanted=None if look_back is None else look_back.wanted,
            memory_needed=self.kept.needed,
            bytes_in_file=self.kept.num_bytes_of_last * min(MOST_IN_A_FILE, len(kept)),
            thresholds=self._thresholds,
        )


def _unknown_in_prompt(trainer: Trainer) -> str | None:
    try:
        trainer.dataset.vocabulary.encode(trainer.configuration.prompt)
    except DataError as error:
        return f"{error} The prompt goes without."
    return None


def _seen(trainer: Trainer) -> int:
    """Return the step at which a network was looked at last, which may have gone on since."""
    window = trainer.last_window
    return trainer.step_count if window is None else window.step
