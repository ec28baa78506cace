"""Doing again what was done to a run."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from rnnviz.core.errors import RnnvizError
from rnnviz.data import Dataset
from rnnviz.training.non_finite import NonFiniteError
from rnnviz.training.state.journal import (
    BestUsed,
    Entry,
    Journal,
    SettingChanged,
    StepFailed,
)
from rnnviz.training.state.training_state import TrainingState
from rnnviz.training.trainer import Trainer

Each = Callable[[Trainer], None]
"""Told of the trainer after each step; whatever it raises ends the replay."""


def replay(state: TrainingState, journal: Journal, dataset: Dataset, to_step: int) -> TrainingState:
    """Return what a run was after a step, from an earlier state and the journal.

    Parameters
    ----------
    state
        The run as it was earlier, a copy of all of it: out of a checkpoint it would not know what a
        step that fails goes back to. It stays as it is.
    journal
        Of the run, later.
    dataset
        What it is trained on.
    to_step
        After how many steps; what was done to the run right after them is done too.

    Returns
    -------
    TrainingState
        Equal to the run's own in all that training determines, bit for bit.

    Raises
    ------
    RnnvizError
        Where the journal is not this run's.
    """
    trainer = Trainer(state.copy(), dataset)
    deque(done_again(trainer, journal, to_step), maxlen=0)
    return trainer.state


def replay_from_beginning(
    journal: Journal, dataset: Dataset, to_step: int, each: Each | None = None
) -> TrainingState:
    """Return what a run was after a step, from nothing but its journal.

    Parameters
    ----------
    journal, dataset, to_step
        As in `replay`.
    each
        Told of every step.

    Raises
    ------
    RnnvizError
        Where the journal does not tell the run from its beginning, or is not this run's.
    """
    if journal.begun_with is None:
        raise RnnvizError(
            "This run cannot be done again: how it began is not known. It comes from a file of an "
            "older version, went on with other settings or another text, was given other windows "
            "while its text was not at hand, or met a fault of this program."
        )
    trainer = Trainer(TrainingState.fresh(journal.begun_with, dataset), dataset)
    for _ in _steps_again(trainer, journal.entries, journal, to_step):
        if each is not None:
            each(trainer)
    return trainer.state


def can_begin_with(state: TrainingState, journal: Journal, to_step: int) -> bool:
    """Tell whether all of a step follows from an earlier state and the journal.

    It does not where something goes back to last finite weights that are lost in that state, or
    where that very step is wanted: then they are part of it.
    """
    if not state.last_finite.is_lost:
        return True
    for entry in journal.after(state.journal):
        if entry.step > state.step:
            break
        if isinstance(entry, BestUsed) or (isinstance(entry, StepFailed) and entry.knew_no_other):
            return True  # they are those of now again
        if isinstance(entry, StepFailed):
            return False
    return to_step > state.step


def done_again(trainer: Trainer, journal: Journal, to_step: int) -> Iterator[None]:
    """Do again, step by step, what was done to a run since the state that a trainer has.

    Parameters
    ----------
    trainer
        Of an earlier state of the run, which is stepped.
    journal, to_step
        As in `replay`, as are the errors.

    Yields
    ------
    None
        After each step; after the last one nothing is left to do but to look at it.
    """
    yield from _steps_again(trainer, journal.after(trainer.state.journal), journal, to_step)


def _steps_again(
    trainer: Trainer, entries: Sequence[Entry], journal: Journal, to_step: int
) -> Iterator[None]:
    state = trainer.state
    try:
        for entry in entries:
            if entry.step > to_step:
                break
            yield from _steps(trainer, entry.step)
            _do_again(trainer, entry)
        yield from _steps(trainer, to_step)
    except NonFiniteError as error:
        raise RnnvizError(f"The journal knows of no failure there. {error}") from error
    # A setting that was changed and changed back stands in the run's own journal only.
    state.journal = journal.until(to_step)


def _steps(trainer: Trainer, to_step: int) -> Iterator[None]:
    if trainer.state.step > to_step:
        raise RnnvizError(f"The run stands at step {trainer.state.step:,}, after {to_step:,}.")
    while trainer.state.step < to_step:
        trainer.step()
        yield


def _do_again(trainer: Trainer, entry: Entry) -> None:
    match entry:
        case SettingChanged(_, name, value):
            trainer.change(name, value)
        case BestUsed():
            trainer.state.use_best()
        case StepFailed(step, knew_no_other):
            if knew_no_other:
                trainer.state.forget_last_finite()
            try:
                trainer.step()
            except NonFiniteError:
                return
            raise RnnvizError(f"Step {step + 1:,} failed, says the journal, but does not.")
