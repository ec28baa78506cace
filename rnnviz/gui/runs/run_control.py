"""Which run there is: what begins another one, what asks before, what is opened and saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from rnnviz.gui.runs.run import Run
from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.runs.view import View
from rnnviz.runs.messages import CheckFile, OpenModel, SaveModel
from rnnviz.storage import MODEL_SUFFIXES
from rnnviz.training.claims.claim import Claim
from rnnviz.training.commands import NewRun, Reset, Restart, UndoReset
from rnnviz.training.configuration import LARGEST_SEED, OWN_TEXT, Configuration, Value
from rnnviz.training.configuration.presets import PRESETS


class RunControl(QObject):
    """Decides what the run in front gives way to, and asks before a loss; knows no widget.

    Parameters
    ----------
    runs
        Those of the window.
    view
        The window.
    """

    def __init__(self, runs: RunList, view: View) -> None:
        super().__init__()
        self._runs = runs
        self._view = view
        self._to_open: Path | None = None
        self._checked: Path | None = None
        self._after_saving: Callable[[], None] | None = None

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
        self._run.post(NewRun(configuration, claims))

    def begin_default(self) -> None:
        """Begin a run with the default settings, after asking where one would be lost."""
        self.ask_first("A new run", partial(self.begin, Configuration()))

    def restart(self, **changes: Value) -> None:
        """Begin a new run with the settings in force, these changed."""
        self._view.messages.clear()
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
        """Begin a run with the next seed, after asking where one would be lost."""
        self.ask_first("Another seed", self._restart_with_next_seed)

    def _restart_with_next_seed(self) -> None:
        if self._run.snapshot is not None:
            self.restart(seed=(self._run.snapshot.configuration.seed + 1) % (LARGEST_SEED + 1))

    def reset(self) -> None:
        """Go back to the first weights; offer a way back."""
        snapshot = self._run.snapshot
        self._view.messages.clear()
        self._run.post(Reset())
        if snapshot is not None and snapshot.step > 0:
            self._view.messages.offer(
                "Back at this seed's first weights. The run is kept until another begins.",
                "Undo reset",
                self.undo_reset,
            )

    def undo_reset(self) -> None:
        """Take back the run that a reset put away."""
        if self._run.snapshot is None or not self._run.snapshot.can_undo_reset:
            return
        self._view.messages.clear()
        self._run.file.undo_reset()
        self._run.post(UndoReset())

    # -- files --------------------------------------------------------------------------------

    def ask_what_to_open(self) -> None:
        """Open what the person says."""
        path = self._view.ask_what_to_open()
        if path is not None:
            self.open_file(path)

    def open_file(self, path: Path) -> None:
        """Open a model or a text, after asking where a run would be lost.

        Nothing is asked about a file that cannot be used.
        """
        if self._run.file.is_behind:
            self._checked = path
            self._run.post(CheckFile(path))
        else:
            self._open_now(path)

    def _open_now(self, path: Path) -> None:
        if path.suffix.lower() in MODEL_SUFFIXES:
            self._view.messages.clear()
            self._run.post(OpenModel(path))
            return
        self.restart(corpus=OWN_TEXT, text_file=str(path))

    def save(self, path: Path | None = None, *, then: Callable[[], None] | None = None) -> None:
        """Save to `path`, or to the run's file, or ask for one; do something once it is saved."""
        self._after_saving = then or self._after_saving
        path = path or self._run.file.path
        if path is None:
            self.ask_where_to_save()
        else:
            self._run.post(SaveModel(path))

    def ask_where_to_save(self) -> None:
        """Save where the person says."""
        path = self._view.ask_where_to_save(self._run.file.suggestion)
        if path is None:
            self._after_saving = None
        else:
            self.save(path if path.suffix else path.with_name(path.name + MODEL_SUFFIXES[0]))

    # -- asking -------------------------------------------------------------------------------

    def ask_first(self, what: str, act: Callable[[], None]) -> None:
        """Do what throws the run away, after asking where it would be a loss."""
        file = self._run.file
        if not file.is_behind:
            act()
            return
        # No count of what is lost: the run goes on while the person thinks.
        self._view.messages.ask(
            f"{what} ends this run, and {file.unsaved} is not saved.",
            "Go ahead without saving",
            act,
            "Keep this run",
            on_save=partial(self.save_first, act),
        )

    def save_first(self, act: Callable[[], None]) -> None:
        """Save what is not saved, then do what throws it away."""
        if self._run.file.only_reset_is_behind:
            self.undo_reset()
        self.save(then=act)

    # -- what the run says --------------------------------------------------------------------

    def heard_begun(self, path: str) -> None:
        """Take note that a run stands, opened from this model file if from any."""
        file, self._to_open = self._to_open, None
        if file is not None:
            self._open_now(file)
            return
        self._run.file.begin(Path(path) if path else None)
        self._name_after_file()

    def heard_usable(self, path: str) -> None:
        """Ask about the file that was checked last."""
        if self._checked == Path(path):
            self._checked = None
            self.ask_first(f"Opening {Path(path).name}", partial(self._open_now, Path(path)))

    def heard_saved(self, path: str) -> None:
        """Say so, and do what was to be done then."""
        self._run.file.saved(Path(path))
        self._name_after_file()
        self._view.messages.confirm(f"Saved {Path(path).name}.")
        act, self._after_saving = self._after_saving, None
        if act is not None:
            act()

    def heard_refused(self, sentence: str) -> None:
        """Say why, and forget what was to follow."""
        self._after_saving = None
        self._view.forget_draft()
        self._view.messages.tell(sentence, "problem")

    def heard_died(self, sentence: str) -> None:
        """Take note that nothing trains any more; offer to begin with the same settings."""
        self._after_saving = None
        self._run.lose()
        self._view.messages.offer(sentence, "Begin anew", self._begin_alike, "problem")

    def _begin_alike(self) -> None:
        snapshot = self._run.snapshot
        if snapshot is None:
            self.begin(Configuration())
        else:
            claims = () if snapshot.claims is None else snapshot.claims.claims
            self.begin(snapshot.configuration, claims)

    def _name_after_file(self) -> None:
        file = self._run.file
        self._view.take_name(file.name)
        if file.path is not None:
            self._view.remember_file(file.path)
