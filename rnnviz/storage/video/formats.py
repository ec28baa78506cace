"""The formats in which frames can be saved."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rnnviz.storage.atomic import write_atomically, write_atomically_by_name
from rnnviz.storage.video import gif, mp4
from rnnviz.storage.video.frames import Frame

Write = Callable[[str | os.PathLike[str], Iterable[Frame], float], None]
"""Writes frames to a path, whole or not at all, so many a second."""


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """One format.

    Attributes
    ----------
    name
        Its name.
    suffix
        What its files end in, with the dot.
    words
        What it is good for.
    first_rate
        Frames a second, unless somebody says otherwise.
    write
        Writes a file; raises what `rnnviz.storage.write_atomically` raises.
    lacks
        Returns how to get what it needs; empty where that is there.
    """

    name: str
    suffix: str
    words: str
    first_rate: int
    write: Write
    lacks: Callable[[], str]


def _write_gif(
    path: str | os.PathLike[str], frames: Iterable[Frame], frames_per_second: float
) -> None:
    write_atomically(path, lambda file: gif.write_gif(file, frames, frames_per_second))


def _write_mp4(
    path: str | os.PathLike[str], frames: Iterable[Frame], frames_per_second: float
) -> None:
    write_atomically_by_name(path, lambda name: mp4.write_mp4(name, frames, frames_per_second))


def _lacks_nothing() -> str:
    return ""


def _lacks_encoder() -> str:
    if mp4.is_available():
        return ""
    return 'MP4 needs an encoder that is not installed. To get it: pip install "rnnviz[video]"'


FORMATS: tuple[VideoFormat, ...] = (
    VideoFormat("GIF", ".gif", "plays in documents and web pages", 10, _write_gif, _lacks_nothing),
    VideoFormat("MP4", ".mp4", "smooth, sharp and small", 25, _write_mp4, _lacks_encoder),
)
