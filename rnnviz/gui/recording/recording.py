"""The way of a recording: what is asked of the person, a camera, a thread that writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFileDialog, QWidget

from rnnviz.gui.recording.cameras import Camera, FilmCamera, LiveCamera, LostError
from rnnviz.gui.recording.dialog import RecordDialog
from rnnviz.gui.recording.picture import Subject, take_frame, whole
from rnnviz.gui.recording.plan import RecordingPlan
from rnnviz.gui.recording.writing_thread import WritingThread
from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.destroying import destroy_later
from rnnviz.storage import StorageError, ensure_writable
from rnnviz.storage.video.frames import Frame
from rnnviz.training.snapshot import Snapshot
from rnnviz.wording import in_bytes


class Recordable(Protocol):
    """A panel, as far as it can be recorded."""

    title: str

    @property
    def export_size(self) -> QSize:
        """How large it is."""

    def paint_export(self, painter: QPainter) -> None:
        """Paint it."""


@dataclass(slots=True, eq=False)
class _Work:
    """A recording under way: how many frames were taken, and whether those are all."""

    path: Path
    camera: Camera
    thread: WritingThread
    taken: int = 0
    is_complete: bool = False


class Recording(QObject):
    """Records what the person chooses; the dialog is made when it is first wanted.

    Parameters
    ----------
    runs
        Those of the window.
    theme
        Colours and type.
    window
        What is recorded, and what the dialog belongs to.
    seen_panels
        Returns those that are seen, by their object names.
    is_logarithmic
        Tells whether the timeline gives the first steps more room.

    Signals
    -------
    filming(bool)
        The timeline is moved by the recording now, and by nobody else; or no more.
    done(str)
        Something was recorded, or given up, and no dialog is there to say so.
    failed(str)
        Something could not be recorded, and no dialog is there to say why.
    """

    filming = Signal(bool)
    done = Signal(str)
    failed = Signal(str)

    def __init__(
        self,
        runs: RunList,
        theme: Theme,
        window: QWidget,
        seen_panels: Callable[[], Mapping[str, Recordable]],
        is_logarithmic: Callable[[], bool],
    ) -> None:
        super().__init__(window)
        self._runs = runs
        self._theme = theme
        self._window = window
        self._seen_panels = seen_panels
        self._is_logarithmic = is_logarithmic
        self._work: _Work | None = None
        self._ending: list[WritingThread] = []
        self.dialog: RecordDialog | None = None

    @property
    def is_recording(self) -> bool:
        """Whether something is being recorded."""
        return self._work is not None

    def open(self) -> None:
        """Ask what is to be recorded, or show how far that has come."""
        if self.dialog is None:
            self.dialog = RecordDialog(self._theme, self._window)
            self.dialog.record_wanted.connect(self._ask_where)
            self.dialog.finish_wanted.connect(self.finish)
            self.dialog.cancel_wanted.connect(self.cancel)
        if self._work is None:
            self._offer(self.dialog)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def follow(self, snapshot: Snapshot) -> None:
        """Take note of what was drawn of the run in front."""
        if self._work is not None:
            self._work.camera.follow(snapshot)

    def record(self, plan: RecordingPlan, path: Path) -> None:
        """Begin to record into a file, unless something is being recorded."""
        if self._work is not None:
            return
        try:
            ensure_writable(path)
        except StorageError as error:
            self._tell(str(error), problem=True)
            return
        thread = WritingThread(path, plan.video_format, plan.frames_per_second, self)
        camera = self._camera(plan, thread)
        work = self._work = _Work(path, camera, thread)
        thread.took_frame.connect(camera.go_on)
        thread.written.connect(lambda: self._written(work))
        thread.failed.connect(lambda sentence: self._fail(work, sentence))
        thread.finished.connect(lambda: self._thread_ended(thread))
        camera.took.connect(lambda frame, times: self._take(work, frame, times))
        camera.ended.connect(lambda: self._complete(work))
        camera.failed.connect(lambda sentence: self._fail(work, sentence))
        if self.dialog is not None:
            self.dialog.show_recording(plan.frame_count, path.name)
        self._ending.append(thread)
        thread.start()
        self.filming.emit(plan.film is not None)
        camera.start()

    def finish(self) -> None:
        """Keep what was recorded until now."""
        if self._work is not None and self._work.taken and not self._work.is_complete:
            self._complete(self._work)

    def cancel(self) -> None:
        """Keep nothing of what is being recorded; what is only to be completed stays."""
        if self._work is not None and not self._work.is_complete:
            self._end(self._work)
            self._tell("The recording was cancelled; nothing was saved.")

    def close(self) -> None:
        """Give up what is being recorded, and wait for that."""
        if self._work is not None:
            self._end(self._work)
        for thread in self._ending:
            thread.stop()
        if self.dialog is not None:
            self.dialog.hide()

    # -- what comes of it ---------------------------------------------------------------------

    def _take(self, work: _Work, frame: Frame, times: int) -> None:
        work.thread.put(frame, times)
        work.taken += times
        if self.dialog is not None:
            self.dialog.show_frame(work.taken)

    def _complete(self, work: _Work) -> None:
        work.camera.stop()
        work.is_complete = True
        work.thread.finish()
        self.filming.emit(False)
        if self.dialog is not None:
            self.dialog.show_finishing()

    def _written(self, work: _Work) -> None:
        if work is self._work:
            self._forget(work)
            frames = f"{work.taken:,} frame{'s' if work.taken > 1 else ''}"
            size = in_bytes(work.path.stat().st_size)
            self._tell(f"Saved {work.path.name}: {frames}, {size}.")

    def _fail(self, work: _Work, sentence: str) -> None:
        if work is self._work:
            self._end(work)
            self._tell(sentence, problem=True)

    def _end(self, work: _Work) -> None:
        work.camera.stop()
        work.thread.give_up()
        self._forget(work)

    def _forget(self, work: _Work) -> None:
        self._work = None
        destroy_later(work.camera)
        self.filming.emit(False)
        if self.dialog is not None:
            self.dialog.show_ended()

    def _thread_ended(self, thread: WritingThread) -> None:
        self._ending.remove(thread)
        # It says so before it has ended: who destroys it then, now and then ends the program.
        thread.wait()
        destroy_later(thread)

    def _tell(self, sentence: str, *, problem: bool = False) -> None:
        """Say it where the person looks: in the dialog, or where that is closed, in the window."""
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.say(sentence, problem=problem)
        else:
            (self.failed if problem else self.done).emit(sentence)

    # -- what is recorded ---------------------------------------------------------------------

    def _camera(self, plan: RecordingPlan, thread: WritingThread) -> Camera:
        size = QSize(*plan.size) if plan.size else self._subject(plan.panel).size()

        def take() -> Frame:
            background = self._theme.palette.color("background")
            return take_frame(self._subject(plan.panel), size, background)

        def has_room() -> bool:
            return thread.has_room

        if plan.film is not None:
            return FilmCamera(self._runs, plan.film, plan.frame_count, take, has_room)
        return LiveCamera(plan.frame_count, plan.frames_per_second, take, has_room)

    def _subject(self, panel: str) -> Subject:
        if not panel:
            return whole(self._window)
        seen = self._seen_panels().get(panel)
        if seen is None:
            raise LostError("its panel is not shown any more")
        return Subject(seen.paint_export, lambda: seen.export_size)

    def _offer(self, dialog: RecordDialog) -> None:
        panels = self._seen_panels()
        sizes = {name: panel.export_size for name, panel in panels.items()}
        sizes[""] = self._window.size()
        snapshot = self._runs.front.snapshot
        dialog.choices.offer(
            {name: panel.title for name, panel in panels.items()},
            {name: (size.width(), size.height()) for name, size in sizes.items()},
            None if snapshot is None else snapshot.timeline,
            logarithmic=self._is_logarithmic(),
        )

    def _ask_where(self) -> None:
        assert self.dialog is not None
        plan = self.dialog.choices.plan
        kind = plan.video_format
        path, _ = QFileDialog.getSaveFileName(
            self.dialog,
            f"Record as {kind.name}",
            f"recording{kind.suffix}",
            f"{kind.name} (*{kind.suffix})",
        )
        if path:
            self.record(plan, Path(path if Path(path).suffix else f"{path}{kind.suffix}"))
