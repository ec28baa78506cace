"""The way of an export: what is seen is taken at once, files are made of it meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, QMetaObject, QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from rnnviz.gui.exporting.dialog import ExportDialog
from rnnviz.gui.exporting.folder_thread import Content, FolderThread
from rnnviz.gui.exporting.settings_file import ExportedRun, own_text, settings_text
from rnnviz.gui.exporting.words import (
    CONTENTS,
    SETTINGS,
    Described,
    contents_text,
    failed_words,
    model_words,
    offer_words,
    panel_words,
    settings_words,
    shown_words,
    written_words,
)
from rnnviz.gui.jobs.job import Job
from rnnviz.gui.panels.base.exports import PictureKind
from rnnviz.gui.panels.base.panel import Panel
from rnnviz.gui.plotting.view.export import ExportError
from rnnviz.gui.runs.run import Run
from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.style.theme import Theme
from rnnviz.runs.messages import Exported, ExportModel
from rnnviz.storage import MODEL_SUFFIXES, NewFolder, StorageError
from rnnviz.training.snapshot import Snapshot

_PANEL = "_panel"
_USUAL_PANELS = ("loss",)


@dataclass(slots=True, eq=False)
class _Work:
    """An export under way.

    Attributes
    ----------
    folder, thread
        Where to, and who writes there.
    shown
        What was seen, in a sentence.
    panels
        The names of those that are exported, such as ``loss``.
    awaited
        The runs whose models are still to be written, and where.
    described
        All files of panels, and what they are.
    models
        The models that were written.
    left_out
        Of what there is nothing, in words.
    connections
        To end with it.
    """

    folder: NewFolder
    thread: FolderThread
    shown: str
    panels: list[str] = field(default_factory=list)
    awaited: dict[Run, Path] = field(default_factory=dict)
    described: list[Described] = field(default_factory=list)
    models: dict[Run, Exported] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    connections: list[QMetaObject.Connection] = field(default_factory=list)
    written: int = 0


class Exporting(Job[_Work, ExportDialog]):
    """Exports what is seen.

    Parameters
    ----------
    runs
        Those of the window.
    theme, window
        As of any job.
    seen_panels
        Returns those that are seen, by their object names.
    with_past
        Tells whether model files are to hold earlier states as well.
    """

    def __init__(
        self,
        runs: RunList,
        theme: Theme,
        window: QWidget,
        seen_panels: Callable[[], Mapping[str, Panel]],
        with_past: Callable[[], bool],
    ) -> None:
        super().__init__(theme, window)
        self._runs = runs
        self._seen_panels = seen_panels
        self._with_past = with_past
        self._folder = Path()

    def follow(self, _snapshot: Snapshot | None = None) -> None:
        """Say anew what would be written, where something else is seen now."""
        if self.dialog is not None and self.dialog.isVisible():
            self._offer(self.dialog)

    def export(self, parent: Path, kind: PictureKind) -> None:
        """Begin to export into a new folder, unless something is being exported."""
        front = self._runs.front.snapshot
        if self._work is not None or front is None:
            return
        try:
            folder = NewFolder(parent, _folder_name(front.timeline.seen))
        except StorageError as error:
            self._tell(failed_words(str(error)), problem=True)
            return
        thread = FolderThread(folder, self)
        work = _Work(folder, thread, shown_words(front, self._runs.names[self._runs.front]))
        thread.wrote_file.connect(lambda: self._count(work))
        self._begin(work)
        # The models first: who trains writes them while the panels are taken.
        self._ask_for_models(work)
        try:
            self._take_panels(work, kind)
        except ExportError as error:
            self._fail(work, str(error))
            return
        if self.dialog is not None:
            count = len(work.described) * 2 + len(work.awaited) + 2
            self.dialog.show_begun(count)

    def cancel(self) -> None:
        """Leave nothing of what is being exported."""
        if self._work is not None:
            self._end(self._work)
            self._tell("The export was cancelled; nothing was written.")

    # -- what is taken ------------------------------------------------------------------------

    def _ask_for_models(self, work: _Work) -> None:
        runs = [run for run in self._runs.compared if run.snapshot is not None]
        for run in runs:
            ending = f"-{run.number}" if len(runs) > 1 else ""
            path = work.folder.path / f"model{ending}{MODEL_SUFFIXES[0]}"
            work.awaited[run] = path
            gone = partial(self._leave_out, work, run, self._runs.names[run])
            work.connections += [
                run.thread.exported.connect(partial(self._take_model, work, run)),
                run.thread.died.connect(gone),
                run.thread.finished.connect(gone),
            ]
            run.post(ExportModel(path, self._with_past()))

    def _take_panels(self, work: _Work, kind: PictureKind) -> None:
        """Take all panels as they are now, so that they are of one moment; files follow."""
        files: list[tuple[str, Content]] = []
        for name, panel in self._seen_panels().items():
            table = panel.export_csv()
            if table.count("\n") < 2:
                work.left_out.append(panel.title)
                continue
            stem = name.removesuffix(_PANEL)
            names = f"{stem}.{kind}", f"{stem}.csv"
            work.panels.append(stem)
            files.append((names[0], panel.exports.taken(kind)))
            files.append((names[1], partial(table.encode, "utf-8")))
            said = panel_words(panel.title, panel.of_step, panel.exports.in_view)
            work.described.append(Described(names, said))
        # Only now: while the thread makes a picture, Python stands still here.
        for name, content in files:
            work.thread.put(name, content)

    # -- what comes of it ---------------------------------------------------------------------

    def _take_model(self, work: _Work, run: Run, exported: Exported) -> None:
        if work.awaited.get(run) != exported.path:
            return
        del work.awaited[run]
        if work is not self._work:
            # It may have been written after the rest had been cleared away.
            work.folder.discard()
        elif exported.refusal:
            self._fail(work, exported.refusal)
        else:
            work.models[run] = exported
            self._count(work)
        self._finish_if_complete(work)

    def _leave_out(self, work: _Work, run: Run, name: str, _sentence: str = "") -> None:
        """Go on without the model of a run that is gone."""
        if work.awaited.pop(run, None) is not None:
            work.left_out.append(f"the model of {name}")
            self._finish_if_complete(work)

    def _finish_if_complete(self, work: _Work) -> None:
        if work.awaited:
            return
        for connection in work.connections:
            QObject.disconnect(connection)
        work.connections.clear()
        if work is not self._work:
            return
        work.described += self._describe_runs(work)
        when = QLocale.c().toString(QDateTime.currentDateTime(), "yyyy-MM-dd HH:mm")
        contents = contents_text(when, work.shown, work.described, work.left_out)
        work.thread.put(CONTENTS, contents.encode("utf-8"))
        work.thread.finish()

    def _describe_runs(self, work: _Work) -> list[Described]:
        """Have the settings written; return what there is of runs."""
        described: list[Described] = []
        exported: list[ExportedRun] = []
        for run in sorted(work.models, key=lambda run: run.number):
            model, name = work.models[run], self._runs.names.get(run, f"Run {run.number}")
            described.append(Described((model.path.name,), model_words(name, model.step)))
            assert model.configuration is not None
            exported.append(ExportedRun(run.number, name, model.configuration))
        if not exported:
            return []
        text = settings_text(exported, work.panels or _USUAL_PANELS)
        work.thread.put(SETTINGS, text.encode("utf-8"))
        texts = [own_text(run.configuration) for run in exported]
        return [Described((SETTINGS,), settings_words(texts)), *described]

    def _count(self, work: _Work) -> None:
        work.written += 1
        if work is self._work and self.dialog is not None:
            self.dialog.show_progress(work.written)

    def _written(self, work: _Work) -> None:
        self._folder = work.folder.path
        said = written_words(work.folder.path, work.written, work.left_out)
        self._tell(said, folder=work.folder.path)

    def _fail(self, work: _Work, sentence: str) -> None:
        super()._fail(work, failed_words(sentence))

    def _forget(self, work: _Work) -> None:
        super()._forget(work)
        self.follow()

    # -- what is asked ------------------------------------------------------------------------

    def _new_dialog(self) -> ExportDialog:
        dialog = ExportDialog(self._theme, self._window)
        dialog.folder_wanted.connect(self._open_folder)
        return dialog

    def _offer(self, dialog: ExportDialog) -> None:
        front = self._runs.front.snapshot
        panels = [panel.title for panel in self._seen_panels().values()]
        dialog.offer(offer_words(panels, front, len(self._runs.compared)), front is not None)

    def _ask_where(self) -> None:
        assert self.dialog is not None
        path = QFileDialog.getExistingDirectory(
            self.dialog, "Export into a new folder inside of this one"
        )
        if path:
            self.export(Path(path), self.dialog.kind)

    def _open_folder(self) -> None:
        assert self.dialog is not None
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder))):
            self._tell(f"Nothing here shows folders; it is {self._folder}.", problem=True)


def _folder_name(seen: int | None) -> str:
    """Return a folder's name that says when, and which step of the past was seen."""
    now = QLocale.c().toString(QDateTime.currentDateTime(), "yyyy-MM-dd-HHmm")
    return f"rnnviz-{now}" if seen is None else f"rnnviz-{now}-step-{seen}"
