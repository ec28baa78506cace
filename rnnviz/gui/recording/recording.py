"""The way of a recording: what is asked of the person, a camera, a thread that writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from rnnviz.data.files import readable_name
from rnnviz.gui.jobs.job import Job
from rnnviz.gui.panels.base.panel import Panel
from rnnviz.gui.recording.cameras import Camera, FilmCamera, LiveCamera, LostError
from rnnviz.gui.recording.dialog import RecordDialog
from rnnviz.gui.recording.picture import Subject, take_frame, whole
from rnnviz.gui.recording.plan import RecordingPlan
from rnnviz.gui.recording.video_thread import VideoThread
from rnnviz.gui.runs.run_list import RunList
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.destroying import destroy_later
from rnnviz.storage import StorageError, ensure_writable
from rnnviz.storage.video.frames import Frame
from rnnviz.training.snapshot import Snapshot
from rnnviz.wording import in_bytes


@dataclass(slots=True, eq=False)
class _Work:
    """A recording under way: how many frames were taken, and whether those are all."""

    path: Path
    camera: Camera
    thread: VideoThread
    taken: int = 0
    is_complete: bool = False


class Recording(Job[_Work, RecordDialog]):
    """Records what the person chooses.

    Parameters
    ----------
    runs
        Those of the window.
    theme, window
        As of any job; the window is what is recorded.
    seen_panels
        Returns those that are seen, by their object names.
    is_logarithmic
        Tells whether the timeline gives the first steps more room.

    Signals
    -------
    filming(bool)
        The timeline is moved by the recording now, and by nobody else; or no more.
    """

    filming = Signal(bool)

    def __init__(
        self,
        runs: RunList,
        theme: Theme,
        window: QWidget,
        seen_panels: Callable[[], Mapping[str, Panel]],
        is_logarithmic: Callable[[], bool],
    ) -> None:
        super().__init__(theme, window)
        self._runs = runs
        self._seen_panels = seen_panels
        self._is_logarithmic = is_logarithmic

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
        thread = VideoThread(path, plan.video_format, plan.frames_per_second, self)
        camera = self._camera(plan, thread)
        work = _Work(path, camera, thread)
        thread.took_frame.connect(camera.go_on)
        camera.took.connect(lambda frame, times: self._take(work, frame, times))
        camera.ended.connect(lambda: self._have_all(work))
        camera.failed.connect(lambda sentence: self._fail(work, sentence))
        if self.dialog is not None:
            self.dialog.show_recording(plan.frame_count, readable_name(path))
        self._begin(work)
        self.filming.emit(plan.film is not None)
        camera.start()

    def finish(self) -> None:
        """Keep what was recorded until now."""
        if self._work is not None and self._work.taken and not self._work.is_complete:
            self._have_all(self._work)

    def cancel(self) -> None:
        """Keep nothing of what is being recorded; what is only to be completed stays."""
        if self._work is not None and not self._work.is_complete:
            self._end(self._work)
            self._tell("The recording was cancelled; nothing was saved.")

    # -- what comes of it ---------------------------------------------------------------------

    def _take(self, work: _Work, frame: Frame, times: int) -> None:
        work.thread.put(frame, times)
        work.taken += times
        if self.dialog is not None:
            self.dialog.show_progress(work.taken)

    def _have_all(self, work: _Work) -> None:
        work.camera.stop()
        work.is_complete = True
        work.thread.finish()
        self.filming.emit(False)
        if self.dialog is not None:
            self.dialog.show_finishing()

    def _written(self, work: _Work) -> None:
        frames = f"{work.taken:,} frame{'s' if work.taken > 1 else ''}"
        size = in_bytes(work.path.stat().st_size)
        self._tell(f"Saved {readable_name(work.path)}: {frames}, {size}.")

    def _end(self, work: _Work) -> None:
        work.camera.stop()
        super()._end(work)

    def _forget(self, work: _Work) -> None:
        destroy_later(work.camera)
        self.filming.emit(False)
        super()._forget(work)

    # -- what is recorded ---------------------------------------------------------------------

    def _camera(self, plan: RecordingPlan, thread: VideoThread) -> Camera:
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

    def _new_dialog(self) -> RecordDialog:
        dialog = RecordDialog(self._theme, self._window)
        dialog.finish_wanted.connect(self.finish)
        return dialog

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
