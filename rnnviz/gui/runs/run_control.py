"""Which networks there are: what begins another, what asks before, what is opened."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from rnnviz.data import AUTOMATIC
from rnnviz.data.files import readable_name
from rnnviz.data.sources import own_file
from rnnviz.gui.runs.run import Run
from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.runs.saving import Saving
from rnnviz.gui.runs.view import View
from rnnviz.gui.wording.recovery import ago_words
from rnnviz.gui.wording.undo import done_words
from rnnviz.runs.messages import CheckFile, ExportedTo, ForeignFile
from rnnviz.storage import MODEL_SUFFIXES
from rnnviz.storage.fault_reports import Fault
from rnnviz.storage.travel.imports import PICKLE_SUFFIXES
from rnnviz.training.claims.claim import Claim
from rnnviz.training.commands import NewRun, Redo, Reset, Restart, Undo
from rnnviz.training.configuration import LARGEST_SEED, Configuration, Value
from rnnviz.training.configuration.presets import PRESETS
from rnnviz.training.undo.view import Undoable

_LOST = "What was not saved is lost; begin the run anew with its settings."


class RunControl(QObject):
    """Decides what a run gives way to, and asks before a loss; knows no widget.

    Parameters
    ----------
    runs
        Those of the window.
    view
        The window.
    saving
        Saves what would be lost.
    """

    def __init__(self, runs: RunList, view: View, saving: Saving) -> None:
        super().__init__()
        self._runs = runs
        self._view = view
        self._saving = saving
        self._to_open: Path | None = None
        self._checked: tuple[Path, Path | None, str] | None = None

    @property
    def _run(self) -> Run:
        return self._runs.front

    # -- beginnings ---------------------------------------------------------------------------

    def open_when_begun(self, file: Path | None) -> None:
        """Open a file once the first run stands.

        One that cannot be used leaves that run standing, not an empty window.
        """
        self._to_open = file

    def begin(self, configuration: Configuration, claims: tuple[Claim, ...] = ()) -> None:
        """Begin a new run."""
        self._view.messages.clear()
        self._run.title = ""
        self._run.post(NewRun(self._runs.watched_alike(configuration), claims))

    def begin_default(self) -> None:
        """Begin a run with the default settings, after asking where one would be lost."""
        self.ask_first("A new run", partial(self.begin, Configuration()))

    def restart(self, **changes: Value) -> None:
        """Begin a new run with the settings in force, these changed."""
        self._view.messages.clear()
        self._run.title = ""
        if self._runs.watched_text != self._run.watched_text:
            # Its text did not know what the others are watched with: another one may.
            changes = {"watched_text": self._runs.watched_text, **changes}
        self._run.post(Restart(tuple(changes.items())))

    def start_draft(self) -> None:
        """Begin a run with what was edited."""
        self.restart(**self._view.draft)

    def structure_edited(self, draft: Mapping[str, Value]) -> None:
        """Begin a run with what was edited; ask first where one would be lost."""
        if not draft:
            return
        if self._run.file.is_behind:
            self._view.ask_about_draft()
        else:
            self.start_draft()

    def choose_preset(self, name: str) -> None:
        """Follow a preset, after asking where a run would be lost; do nothing if it is followed."""
        if self._run.snapshot is None:
            return
        preset = PRESETS[name]
        changes = preset.changes(self._run.snapshot.configuration)
        if changes:
            self.ask_first(f'The preset "{preset.title}"', partial(self.restart, **changes))

    def choose_new_seed(self) -> None:
        """Begin every run anew with the next seed, after asking where one would be lost."""
        self.ask_first("Another seed", self._restart_with_next_seed, list(self._runs))

    def _restart_with_next_seed(self) -> None:
        if self._run.snapshot is None:
            return
        seed = (self._run.snapshot.configuration.seed + 1) % (LARGEST_SEED + 1)
        self._view.messages.clear()
        for run in self._runs:
            run.post(Restart((("seed", seed),)))

    def reset(self) -> None:
        """Take every run back to its first weights; offer a way back."""
        have_trained = any(run.snapshot is not None and run.snapshot.step for run in self._runs)
        self._view.messages.clear()
        for run in self._runs:
            run.file.reset()
            run.post(Reset())
        if have_trained:
            self._view.messages.offer(
                "Back at the first weights of this seed. The trained network is kept, and comes "
                "back when the reset is undone.",
                "Undo reset",
                self.undo_reset,
            )

    def undo_reset(self) -> None:
        """Take back what a reset of every run put away."""
        for run in self._runs:
            if run.file.undos_to_before_reset:
                self._view.messages.clear()
                run.undo_reset()

    def undo(self) -> None:
        """Undo what was changed last of the run in front; what was done to all, of all."""
        if self._run.file.undos_to_before_reset == 1:
            self.undo_reset()
        else:
            self._go_through_changes(again=False)

    def redo(self) -> None:
        """Do again what was undone last of the run in front; what was done to all, of all."""
        self._go_through_changes(again=True)

    def _go_through_changes(self, *, again: bool) -> None:
        wanted = _next_change(self._run, again=again)
        if wanted is None:
            return
        if wanted.kind != "setting":
            self._view.messages.clear()
        # Only Reset and New seed are done to every run at once.
        is_of_all = wanted.kind == "reset" or (wanted.kind == "new run" and wanted.name == "seed")
        for run in self._runs:
            if run is self._run or (is_of_all and _next_change(run, again=again) == wanted):
                run.post(Redo() if again else Undo())

    def tell_done(self, run: Run) -> None:
        """Say what was undone or done again, once; to be called where a run has a new snapshot."""
        done = run.take_done()
        if done is None or run.snapshot is None or run is not self._run:
            return
        if done.change.kind == "setting":
            # Its editor may still wait for a value that was in force for no picture.
            name = done.change.name
            self._view.show_at_once(name, getattr(run.snapshot.configuration, name))
        self._view.messages.confirm(done_words(done))

    # -- files --------------------------------------------------------------------------------

    def open_file(self, path: Path, vocabulary: Path | None = None, corpus: str = "") -> None:
        """Open a model or a text, after asking where a run would be lost.

        Nothing is asked about a file that cannot be used.

        Parameters
        ----------
        path
            The file.
        vocabulary
            Where it is a network of another program, the file that says which tokens it reads.
        corpus
            As which source a file of the person's own is read; empty for a text.
        """
        if self._run.file.is_behind:
            self._checked = path, vocabulary, corpus
            self._run.post(CheckFile(path, vocabulary))
        else:
            self._open_now(path, vocabulary, corpus)

    def _open_now(self, path: Path, vocabulary: Path | None = None, corpus: str = "") -> None:
        if path.suffix.lower() in MODEL_SUFFIXES + PICKLE_SUFFIXES:
            self._view.messages.clear()
            self._run.title = ""
            self._run.open_model(path, self._runs.watched_text, vocabulary)
            return
        # What was chosen for another text says nothing of this one.
        self.restart(corpus=own_file(corpus), text_file=str(path.absolute()), encoding=AUTOMATIC)

    # -- asking -------------------------------------------------------------------------------

    def ask_first(
        self, what: str, act: Callable[[], None], runs: Sequence[Run] | None = None
    ) -> None:
        """Do what throws these runs away, or the one in front, after asking where it is a loss."""
        runs = [self._run] if runs is None else runs
        behind = [run for run in runs if run.file.is_behind]
        if not behind:
            act()
            return
        # No count of what is lost: the run goes on while the person thinks.
        several = len(runs) > 1
        if len(behind) > 1:
            lost = "their training"
        else:
            lost = "the training of one" if several else behind[0].file.unsaved
        self._view.messages.ask(
            f"{what} ends {'these runs' if several else 'this run'}, and {lost} is not saved.",
            "Go ahead without saving",
            act,
            "Keep these runs" if several else "Keep this run",
            on_save=partial(self._saving.save_first, behind, act),
        )

    # -- what a run says ----------------------------------------------------------------------

    def listen_to(self, run: Run) -> None:
        """Hear from now on what a run says."""
        thread = run.thread
        thread.refused.connect(partial(self.heard_refused, run))
        thread.faulted.connect(partial(self.heard_faulted, run))
        thread.noticed.connect(partial(self.heard_noticed, run))
        thread.foreign.connect(partial(self.heard_foreign, run))
        thread.begun.connect(partial(self.heard_begun, run))
        thread.usable.connect(partial(self.heard_usable, run))
        thread.saved.connect(partial(self.heard_saved, run))
        thread.exported_to.connect(partial(self.heard_exported_to, run))
        thread.died.connect(partial(self.heard_died, run))

    def heard_begun(self, run: Run, path: str) -> None:
        """Take note that a network stands, opened from this model file if from any."""
        file, self._to_open = self._to_open, None
        if file is not None:
            self._open_now(file)
            return
        run.file.begin(Path(path) if path else None)
        self._name_after_file(run)

    def heard_usable(self, run: Run, path: str) -> None:
        """Ask about the file that was checked last."""
        if self._checked is not None and self._checked[0] == Path(path):
            act = partial(self._open_now, *self._checked)
            self._checked = None
            self.ask_first(f"Opening {readable_name(path)}", act, [run])

    def heard_foreign(self, run: Run, foreign: ForeignFile) -> None:
        """Say what is missing, and offer to help."""
        self._give_up(run)
        if run not in self._runs:
            return
        said = self.said_by(run, foreign.sentence)
        if foreign.lines:
            copy = partial(self._view.copy, "\n".join(foreign.lines))
            self._view.messages.offer(said, "Copy the lines", copy, "problem")
        else:
            choose = partial(self._choose_vocabulary, foreign.path)
            said += " A JSON file that lists them in their order will do."
            self._view.messages.offer(said, "Choose its vocabulary…", choose)

    def _choose_vocabulary(self, path: Path) -> None:
        vocabulary = self._view.ask_for_vocabulary(path.parent)
        if vocabulary is not None:
            self.open_file(path, vocabulary)

    def heard_saved(self, run: Run, path: str, step: int) -> None:
        """Say so, and do what was to be done then."""
        name = readable_name(path)
        self._view.messages.withdraw(self.said_by(run, f"{name} "))
        self._view.messages.confirm(f"Saved {name}.")
        self._saving.heard_saved(run, Path(path), step)
        self._name_after_file(run)

    def heard_exported_to(self, run: Run, exported: ExportedTo) -> None:
        """Say what was written for other programs."""
        names = " and ".join(map(readable_name, exported.files))
        said = f"Wrote {names}, as the network was after step {exported.step:,}."
        self._view.messages.confirm(self.said_by(run, said))

    def heard_refused(self, run: Run, sentence: str) -> None:
        """Say why, and forget what was to follow."""
        self._give_up(run)
        if run in self._runs:  # else removed, before it came to what it was asked for last
            self._view.messages.tell(self.said_by(run, sentence), "problem")

    def _give_up(self, run: Run) -> None:
        self._saving.give_up()
        run.give_up_beginning()
        if run is self._run:
            self._view.forget_draft()

    def heard_faulted(self, run: Run, fault: Fault) -> None:
        """Say what went wrong, and offer the report."""
        self.heard_refused(run, fault.sentence)
        self._view.messages.tell_fault(replace(fault, sentence=self.said_by(run, fault.sentence)))

    def heard_noticed(self, run: Run, sentence: str) -> None:
        """Say what the person should know."""
        if run in self._runs:
            self._view.messages.tell(self.said_by(run, sentence))

    def heard_died(self, run: Run, sentence: str) -> None:
        """Take note that nothing trains any more; offer to begin with the same settings.

        Where the run was autosaved, offer to go on from there.
        """
        self._saving.give_up()
        if run not in self._runs:
            return
        run.lose()
        begin, lost = partial(self._begin_alike, run), run.lost
        if lost is None:
            said = self.said_by(run, f"{sentence} {_LOST}")
            self._view.messages.offer(said, "Begin anew", begin, "problem")
            return
        ago = ago_words(time.time() - lost.saved_at)
        self._view.messages.offer(
            self.said_by(run, f"{sentence} The run was autosaved at step {lost.step:,}, {ago}."),
            "Go on from there",
            partial(self._recover, run, lost.path),
            "problem",
            ("Begin anew", begin),
        )

    def _recover(self, run: Run, path: Path) -> None:
        self._view.messages.clear()
        run.recover(path, self._runs.watched_text)

    def said_by(self, run: Run, sentence: str) -> str:
        """Say whose sentence it is, where there are several runs."""
        names = self._runs.names
        return sentence if len(names) == 1 or run not in names else f"{names[run]}: {sentence}"

    def _begin_alike(self, run: Run) -> None:
        snapshot, beginning = run.snapshot, run.last_beginning
        if snapshot is not None:
            claims = () if snapshot.claims is None else snapshot.claims.claims
            beginning = NewRun(self._runs.watched_alike(snapshot.configuration), claims)
        self._view.messages.clear()
        run.discard_lost()
        run.post(beginning)

    def _name_after_file(self, run: Run) -> None:
        if run is self._run:
            self._view.take_name(run.file.name)
        if run.file.path is not None:
            self._view.remember_file(run.file.path)


def _next_change(run: Run, *, again: bool) -> Undoable | None:
    """Return what would be undone next of a run, or done again; None where there is nothing."""
    if run.snapshot is None:
        return None
    return run.snapshot.undo.to_redo if again else run.snapshot.undo.to_undo
