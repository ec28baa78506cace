"""Doing again what was done to a run."""

from __future__ import annotations

from rnnviz.core.errors import RnnvizError
from rnnviz.data import Dataset
from rnnviz.training.non_finite import NonFiniteError
from rnnviz.training.state.journal import BestUsed, Entry, Journal, SettingChanged, StepFailed
from rnnviz.training.state.training_state import TrainingState
from rnnviz.training.trainer import Trainer


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
    try:
        for entry in journal.after(state.journal):
            if entry.step > to_step:
                break
            _train(trainer, entry.step)
            _do_again(trainer, entry)
        _train(trainer, to_step)
    except NonFiniteError as error:
        raise RnnvizError(f"The journal knows of no failure there. {error}") from error
    # A setting that was changed and changed back stands in the run's own journal only.
    trainer.state.journal = journal.until(to_step)
    return trainer.state


def _train(trainer: Trainer, to_step: int) -> None:
    if trainer.state.step > to_step:
        raise RnnvizError(f"The run stands at step {trainer.state.step:,}, after {to_step:,}.")
    while trainer.state.step < to_step:
        trainer.step()


def _do_again(trainer: Trainer, entry: Entry) -> None:
    match entry:
        case SettingChanged(_, name, value):
            trainer.change(name, value)
        case BestUsed():
            trainer.use_best()
        case StepFailed(step):
            try:
                trainer.step()
            except NonFiniteError:
                return
            raise RnnvizError(f"Step {step + 1:,} failed, says the journal, but does not.")
