"""Which frames a recording has, and of which steps."""

import pytest

from rnnviz.gui.recording.choices import frames_in_words
from rnnviz.gui.recording.plan import FilmPlan, RecordingPlan
from rnnviz.storage.video.formats import FORMATS


def plan(film=None, seconds=2.0, rate=10):
    return RecordingPlan("", film, seconds, rate, None, FORMATS[0])


def test_a_film_goes_from_its_first_step_to_its_last_and_never_back():
    steps = FilmPlan(10, 1010).steps(101)
    assert steps == list(range(10, 1011, 10))
    slower = FilmPlan(10, 1010, logarithmic=True).steps(101)
    assert (slower[0], slower[-1]) == (10, 1010)
    assert slower == sorted(slower)
    assert slower[50] < 60 < steps[50], "it is slower at first"


@pytest.mark.parametrize("frame_count", [1, 2, 7])
def test_a_film_of_any_length_ends_at_its_last_step_or_is_of_one(frame_count):
    steps = FilmPlan(3, 5).steps(frame_count)
    assert len(steps) == frame_count
    assert steps[0] == 3
    assert steps[-1] == (5 if frame_count > 1 else 3)


@pytest.mark.parametrize(("seconds", "rate", "count"), [(2, 10, 20), (0.5, 25, 12), (0.01, 5, 1)])
def test_seconds_and_rate_make_the_number_of_frames(seconds, rate, count):
    assert plan(None, seconds, rate).frame_count == count


@pytest.mark.parametrize(
    ("film", "words"),
    [
        (None, "20 frames"),
        (FilmPlan(0, 1900), "20 frames, one every 100 steps"),
        (FilmPlan(0, 100), "20 frames, one every 5.3 steps"),
        (FilmPlan(0, 1900, True), "20 frames, one every 100 steps on average"),
        (FilmPlan(0, 19), "20 frames of 20 steps"),
        (FilmPlan(4, 4), "20 frames of 1 step"),
    ],
)
def test_what_follows_is_said_in_words(film, words):
    assert frames_in_words(plan(film)) == words
