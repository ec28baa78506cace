"""Recordings in the real window, read back frame by frame."""

import errno
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QFileDialog, QPushButton

from rnnviz.gui.recording.plan import FilmPlan, RecordingPlan
from rnnviz.storage.video import formats, gif, mp4
from rnnviz.training.commands import Change, Pause, Train
from rnnviz.training.snapshot import RunState

GIF, MP4 = formats.FORMATS


def plan(film=None, panel="", seconds=1.3, rate=10, size=(640, 360), video_format=GIF):
    return RecordingPlan(panel, film, seconds, rate, size, video_format)


def record(driver, what, path, *, wait=True):
    recording = driver.controller.recorder.job
    recording.record(what, path)
    if wait:
        driver.qtbot.waitUntil(lambda: not recording.is_under_way)
    return recording


def frames_of(path: Path) -> list[np.ndarray]:
    with Image.open(path) as image:
        frames = []
        for number in range(image.n_frames):
            image.seek(number)
            frames.append(np.asarray(image.convert("RGB")).astype(int))
        return frames


def steps_drawn(driver, monkeypatch):
    """Return a list to which the step is added that is drawn whenever a frame is taken."""
    from rnnviz.gui.recording import recording

    steps = []
    take_frame = recording.take_frame

    def noting(*told):
        steps.append({snapshot.timeline.seen for snapshot in driver.drawn_of_seen()})
        return take_frame(*told)

    monkeypatch.setattr(recording, "take_frame", noting)
    return steps


def test_every_frame_of_a_film_is_taken_when_its_step_is_drawn(trained, tmp_path, monkeypatch):
    drawn = steps_drawn(trained, monkeypatch)
    record(trained, plan(FilmPlan(0, 60)), tmp_path / "a.gif")
    assert drawn == [{step} for step in range(0, 61, 5)]
    frames = frames_of(tmp_path / "a.gif")
    assert len(frames) == 13
    assert frames[0].shape == (360, 640, 3)
    assert "Saved a.gif: 13 frames" in trained.window.messages.text
    for one, next_one in pairwise(frames):
        assert not np.array_equal(one, next_one)


def test_the_same_film_twice_is_the_same_file(trained, tmp_path):
    trained.trigger("action_record")  # what is said comes in the dialog, and moves no panel
    what = plan(FilmPlan(10, 50), panel="hidden_panel", size=None)
    for name in ("a.gif", "b.gif"):
        # As the one before left it, the timeline is high, and the panel is low, for a moment.
        trained.until_seen(None)
        trained.settle()
        record(trained, what, tmp_path / name)
    trained.controller.recorder.job.dialog.close()
    assert (tmp_path / "a.gif").read_bytes() == (tmp_path / "b.gif").read_bytes()


@pytest.mark.parametrize("before", [None, 20])
def test_after_a_film_the_timeline_is_back_where_it_was(trained, tmp_path, before):
    if before is not None:
        trained.window.timeline.asked.emit(before, True)
        trained.until_seen(before)
    record(trained, plan(FilmPlan(30, 40)), tmp_path / "a.gif")
    trained.until_seen(before)
    trained.window.timeline.asked.emit(15, True)
    trained.until_seen(15)


def test_meanwhile_nobody_else_moves_the_timeline(trained, tmp_path, monkeypatch):
    drawn = steps_drawn(trained, monkeypatch)
    recording = record(trained, plan(FilmPlan(0, 60)), tmp_path / "a.gif", wait=False)
    for act in (
        lambda: trained.window.timeline.asked.emit(3, True),
        lambda: trained.window.timeline.now_asked.emit(),
        lambda: trained.trigger("action_film"),
        lambda: trained.trigger("action_earlier"),
    ):
        act()
    trained.qtbot.waitUntil(lambda: not recording.is_under_way)
    assert drawn == [{step} for step in range(0, 61, 5)]


def test_a_run_that_trains_on_is_filmed_all_the_same(trained, tmp_path, monkeypatch):
    drawn = steps_drawn(trained, monkeypatch)
    trained.controller.thread_of_training.post(Train())
    trained.until(lambda s: s.state is RunState.RUNNING)
    record(trained, plan(FilmPlan(0, 60)), tmp_path / "a.gif")
    assert drawn == [{step} for step in range(0, 61, 5)]
    trained.controller.thread_of_training.post(Pause())
    snapshot = trained.until_state(RunState.PAUSED)
    assert snapshot.step > 60


def test_a_step_that_comes_back_to_now_does_not_end_a_film(trained, tmp_path, monkeypatch):
    drawn = steps_drawn(trained, monkeypatch)
    recording = record(trained, plan(FilmPlan(0, 60)), tmp_path / "a.gif", wait=False)
    trained.qtbot.waitUntil(lambda: len(drawn) > 2)
    trained.trigger("action_step")
    trained.qtbot.waitUntil(lambda: not recording.is_under_way)
    assert drawn == [{step} for step in range(0, 61, 5)]
    assert len(frames_of(tmp_path / "a.gif")) == 13


def test_another_run_ends_a_film_in_a_sentence(trained, tmp_path):
    recording = record(trained, plan(FilmPlan(0, 60)), tmp_path / "a.gif", wait=False)
    trained.restart(corpus="hello", hidden_size=8)
    trained.qtbot.waitUntil(lambda: not recording.is_under_way)
    trained.until_message("given up: another run is shown now.")
    trained.qtbot.waitUntil(lambda: not list(tmp_path.glob("*.gif")))


def test_a_panel_that_is_hidden_ends_its_recording_in_a_sentence(trained, tmp_path):
    recording = record(
        trained, plan(FilmPlan(0, 60), panel="loss_panel"), tmp_path / "a.gif", wait=False
    )
    trained.window.docks["loss_panel"].hide()
    trained.qtbot.waitUntil(lambda: not recording.is_under_way)
    trained.until_message("its panel is not shown any more.")


def test_what_is_cancelled_leaves_nothing(trained, tmp_path):
    recording = record(trained, plan(FilmPlan(0, 60), seconds=30), tmp_path / "a.gif", wait=False)
    trained.until(lambda s: s.timeline.seen is not None and s.timeline.seen > 0)
    recording.cancel()
    assert not recording.is_under_way
    trained.until_no_thread("recording_thread")
    assert not list(tmp_path.glob("*.gif")) + list(tmp_path.glob(".rnnviz-*"))
    assert "nothing was saved" in trained.window.messages.text
    trained.until_seen(None)


def test_what_is_stopped_is_kept_until_there(trained, tmp_path, monkeypatch):
    drawn = steps_drawn(trained, monkeypatch)
    recording = record(trained, plan(FilmPlan(0, 60), seconds=6), tmp_path / "a.gif", wait=False)
    trained.qtbot.waitUntil(lambda: len(drawn) >= 5)
    recording.finish()
    trained.qtbot.waitUntil(lambda: not recording.is_under_way)
    assert 5 <= len(frames_of(tmp_path / "a.gif")) == len(drawn) < 60


def test_a_full_disk_is_one_sentence_and_the_run_is_untouched(trained, tmp_path, monkeypatch):
    write_gif = gif.write_gif

    def fill_the_disk(file, frames, rate):
        class Full:
            def write(self, data):
                if file.tell() + len(data) > 30_000:
                    raise OSError(errno.ENOSPC, "No space left on device")
                return file.write(data)

        write_gif(Full(), frames, rate)

    monkeypatch.setattr(gif, "write_gif", fill_the_disk)
    weights = trained.session.trainer.network.parameters.flat.copy()
    record(trained, plan(FilmPlan(0, 60)), tmp_path / "a.gif")
    assert trained.window.messages.text == "a.gif cannot be saved: the disk is full."
    trained.until_no_thread("recording_thread")
    assert not list(tmp_path.glob("*.gif")) + list(tmp_path.glob(".rnnviz-*"))
    snapshot = trained.until_seen(None)
    assert snapshot.step == 60
    assert np.array_equal(trained.session.trainer.network.parameters.flat, weights)


def test_where_nothing_can_be_saved_nothing_is_begun(trained, tmp_path):
    recording = record(trained, plan(FilmPlan(0, 60)), tmp_path / "no" / "a.gif", wait=False)
    assert not recording.is_under_way
    assert "there is no folder" in trained.window.messages.text


def test_what_is_on_the_screen_is_recorded_as_long_as_was_said(trained, tmp_path):
    trained.controller.thread_of_training.post(Train())
    began = time.monotonic()
    record(trained, plan(seconds=1.5, rate=10), tmp_path / "a.gif")
    assert time.monotonic() - began > 1.3
    frames = frames_of(tmp_path / "a.gif")
    assert 2 <= len(frames) <= 15, "training has changed what is seen"
    with Image.open(tmp_path / "a.gif") as image:
        total = 0
        for number in range(image.n_frames):
            image.seek(number)
            total += image.info["duration"]
    assert total == 1500
    trained.controller.thread_of_training.post(Pause())
    trained.until_state(RunState.PAUSED)


def test_a_window_that_is_closed_gives_up_what_is_recorded(new_driver, tmp_path):
    driver = new_driver()
    driver.take_steps(2)
    recording = record(driver, plan(FilmPlan(0, 2), seconds=60), tmp_path / "a.gif", wait=False)
    thread = recording.findChild(QThread, "recording_thread")
    ended = []
    thread.finished.connect(lambda: ended.append(True))
    driver.controller.close_now()
    driver.qtbot.waitUntil(lambda: bool(ended))
    assert not list(tmp_path.glob("*.gif")) + list(tmp_path.glob(".rnnviz-*"))


@pytest.mark.skipif(not mp4.is_available(), reason="the extra video is not installed")
def test_a_panel_is_filmed_as_mp4_in_any_size(trained, tmp_path):
    what = plan(FilmPlan(0, 60), panel="gradient_panel", size=(320, 180), video_format=MP4)
    record(trained, what, tmp_path / "a.mp4")
    data = (tmp_path / "a.mp4").read_bytes()
    assert data[4:8] == b"ftyp"
    assert len(data) > 5000
    assert "Saved a.mp4: 13 frames" in trained.window.messages.text


def test_the_dialog_offers_what_is_seen_asks_where_and_shows_how_far_it_is(
    trained, tmp_path, monkeypatch
):
    trained.trigger("action_record")
    dialog = trained.controller.recorder.job.dialog
    assert dialog.isVisible()
    choices = dialog.choices
    parts = {choices.part.itemData(n) for n in range(choices.part.count())}
    assert parts == {"", "loss_panel", "hidden_panel", "gradient_panel", "text_panel"}
    assert (choices.first.value(), choices.last.value()) == (0, 60)
    choices.part.setCurrentIndex(choices.part.findData("loss_panel"))
    choices.seconds.setValue(6)
    assert choices.plan.panel == "loss_panel"
    assert choices.plan.frame_count == 60
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *told: (str(tmp_path / "film"), told[3])
    )
    trained.child(QPushButton, "record_start").click()
    assert dialog.progress == "frame 0 of 60"
    trained.qtbot.waitUntil(lambda: dialog.progress.startswith("frame 3"))
    trained.qtbot.waitUntil(lambda: dialog.said.startswith("Saved film.gif: 60 frames"))
    assert trained.child(QPushButton, "record_start").isVisible()
    choices.seconds.setValue(5)
    assert not dialog.said
    dialog.close()


def test_a_dialog_that_is_closed_gives_up_what_is_recorded(trained, tmp_path):
    trained.trigger("action_record")
    recording = record(trained, plan(FilmPlan(0, 60), seconds=30), tmp_path / "a.gif", wait=False)
    recording.dialog.close()
    assert not recording.is_under_way
    trained.until_no_thread("recording_thread")
    assert not list(tmp_path.glob("*.gif"))


def test_without_a_past_there_is_no_film_of_it(driver):
    driver.trigger("action_record")
    choices = driver.controller.recorder.job.dialog.choices
    assert choices.plan.film is None
    assert not choices.source.model().item(0).isEnabled()
    assert not choices.first.isVisible()
    driver.take_steps(3)
    driver.trigger("action_record")
    assert choices.plan.film == FilmPlan(0, 3)


def test_without_the_encoder_the_choice_says_how_to_get_it(driver, monkeypatch):
    monkeypatch.setattr(mp4, "NEEDED", "no_such_module_anywhere")
    driver.trigger("action_record")
    dialog = driver.controller.recorder.job.dialog
    start = driver.child(QPushButton, "record_start")
    assert start.isEnabled()
    dialog.choices.format.setCurrentIndex(1)
    assert "rnnviz[video]" in dialog.choices.lacks
    assert not start.isEnabled()


def test_a_film_goes_over_changes_of_settings(trained, tmp_path, monkeypatch):
    thread = trained.controller.thread_of_training
    thread.post(Change("learning_rate", 0.01))
    thread.post(Train(80))
    trained.until(lambda s: s.step >= 80 and s.state is RunState.FINISHED)
    drawn = steps_drawn(trained, monkeypatch)
    record(trained, plan(FilmPlan(55, 67)), tmp_path / "a.gif")
    assert drawn == [{step} for step in range(55, 68)]


def test_the_first_frame_waits_until_all_has_its_place(trained, tmp_path, monkeypatch):
    from rnnviz.gui.recording import recording

    remarks = trained.controller.form.remarks
    trained.qtbot.waitUntil(lambda: remarks.isVisible())
    before, heights = remarks.height(), []
    take_frame = recording.take_frame

    def noting(*told):
        heights.append(remarks.height())
        return take_frame(*told)

    monkeypatch.setattr(recording, "take_frame", noting)
    record(trained, plan(FilmPlan(0, 60)), tmp_path / "a.gif")
    assert len(heights) == 13
    assert len(set(heights)) == 1
    assert heights[0] < before, "nothing is remarked of the past: there is something to wait for"


def test_a_film_shows_now_beside_the_past_where_that_was_shown(trained, tmp_path, monkeypatch):
    from rnnviz.gui.recording import recording

    trained.window.timeline.asked.emit(20, True)
    trained.until_seen(20)
    trained.trigger("action_beside_now")
    trained.until(lambda s: s.window_of_now is not None)
    beside, take_frame = [], recording.take_frame

    def noting(*told):
        beside.append(trained.controller.snapshot.window_of_now is not None)
        return take_frame(*told)

    monkeypatch.setattr(recording, "take_frame", noting)
    record(trained, plan(FilmPlan(30, 40)), tmp_path / "a.gif")
    assert beside == [True] * 11
    trained.until(lambda s: s.timeline.seen == 20 and s.window_of_now is not None)
