"""GIFs, read back by an independent reader."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from rnnviz.storage.video.frames import Frame
from rnnviz.storage.video.gif import write_gif

from .frames import colorful, growing, plain, rgb


def written(frames: Iterable[Frame], rate: float = 10) -> bytes:
    file = io.BytesIO()
    write_gif(file, frames, rate)
    return file.getvalue()


def read(data: bytes) -> Iterator[tuple[np.ndarray, int]]:
    """Give each frame as it is seen, and how many milliseconds."""
    with Image.open(io.BytesIO(data)) as image:
        for number in range(image.n_frames):
            image.seek(number)
            yield np.asarray(image.convert("RGB")).astype(int), image.info["duration"]


def test_few_colors_come_out_exactly_frame_by_frame() -> None:
    frames = growing(8)
    found = list(read(written(frames)))
    assert len(found) == 8
    for frame, (seen, _) in zip(frames, found, strict=True):
        assert np.array_equal(seen, rgb(frame))


def test_it_begins_anew_at_its_end() -> None:
    with Image.open(io.BytesIO(written(growing(2)))) as image:
        assert image.info["loop"] == 0


@pytest.mark.parametrize("rate", [10, 15, 24, 30, 50])
def test_it_lasts_as_long_as_it_should_though_its_clock_is_coarse(rate: int) -> None:
    frames = growing(15)
    durations = [duration for _, duration in read(written(frames, rate))]
    assert sum(durations) == pytest.approx(1000 * 15 / rate, abs=5)
    assert min(durations) >= 20, "players make shorter ones longer"


def test_frames_that_are_alike_become_one_that_is_shown_longer() -> None:
    first, second = growing(2)
    found = list(read(written([first, first.copy(), first.copy(), second, second.copy()])))
    assert [duration for _, duration in found] == [300, 200]
    assert np.array_equal(found[1][0], rgb(second))


def test_what_stays_the_same_is_not_written_again_and_does_not_flicker() -> None:
    first = colorful()
    frames = [first, *(first.copy() for _ in range(3))]
    for number, frame in enumerate(frames):
        frame[5, number] = first[7, 40]
    found = list(read(written(frames)))
    for before, after in pairwise(found):
        assert np.array_equal(before[0][:, 32:], after[0][:, 32:])
    alone = len(written([first]))
    assert len(written(frames)) < alone + 3 * 200


def test_of_many_colors_the_background_is_exact_and_the_others_are_near() -> None:
    frame = colorful()
    ((seen, _),) = read(written([frame]))
    apart = np.abs(seen - rgb(frame)).max(axis=-1)
    assert not apart[:, :32].any()
    assert apart.mean() < 25


def test_colors_that_come_later_get_a_palette_of_their_own() -> None:
    later = plain()
    ramp = np.linspace(0, 255, 32).astype(np.uint8)
    later[10:40, 16:48, 2] = ramp  # a red that the first frame knows nothing of
    later[10:40, 16:48, :2] = 0
    found = list(read(written([colorful(1), plain(), later])))
    assert np.array_equal(found[2][0], rgb(later))


def test_without_a_frame_there_is_no_file() -> None:
    with pytest.raises(ValueError, match="at least one"):
        written([])
