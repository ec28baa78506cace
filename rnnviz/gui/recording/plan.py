"""What is to be recorded, and how."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.gui.timeline.scale import StepScale
from rnnviz.storage.video.formats import VideoFormat


@dataclass(frozen=True, slots=True)
class FilmPlan:
    """Which steps of a run a film shows.

    Attributes
    ----------
    first, last
        The steps of its first frame and of its last one.
    logarithmic
        Whether it is slower at first, as in the logarithm of the steps that were done.
    """

    first: int
    last: int
    logarithmic: bool = False

    def steps(self, frame_count: int) -> list[int]:
        """Return the step of each of so many frames, ascending."""
        scale = StepScale(self.first, self.last, self.logarithmic)
        ends = max(1, frame_count - 1)
        return [scale.step(number / ends) for number in range(frame_count)]


@dataclass(frozen=True, slots=True)
class RecordingPlan:
    """What is to be recorded, and how.

    Attributes
    ----------
    panel
        The object name of the panel; empty for the whole window.
    film
        The steps that it shows; None to record what is on the screen meanwhile.
    seconds
        How long it lasts.
    frames_per_second
        A whole number: GIF and MP4 both know it.
    size
        Width and height in pixels; None for what is recorded as large as it is.
    video_format
        What the file is.
    """

    panel: str
    film: FilmPlan | None
    seconds: float
    frames_per_second: int
    size: tuple[int, int] | None
    video_format: VideoFormat

    @property
    def frame_count(self) -> int:
        """How many frames that are, at least one."""
        return max(1, round(self.seconds * self.frames_per_second))
