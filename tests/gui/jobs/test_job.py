"""What exporting and recording have in common, in the real window."""

from functools import partial

import pytest
from PySide6.QtWidgets import QPushButton

from rnnviz.gui.recording.plan import RecordingPlan
from rnnviz.storage.video.formats import FORMATS

JOBS = {
    "export": ("action_export_all", "The export was cancelled; nothing was written."),
    "record": ("action_record", "The recording was cancelled; nothing was saved."),
}


@pytest.fixture(params=JOBS)
def name(request):
    return request.param


@pytest.fixture
def job(name, driver):
    return {"export": driver.controller.exporter, "record": driver.controller.recorder}[name].job


@pytest.fixture
def begin(name, job):
    """Return what begins the job, which would take a while, into a folder."""
    if name == "export":
        return partial(job.export, kind="png")
    plan = RecordingPlan("", None, 60, 10, (640, 360), FORMATS[0])
    return lambda folder: job.record(plan, folder / "a.gif")


def test_the_dialog_is_as_high_as_its_parts_need_whenever_it_is_opened(driver, name, job):
    for _ in range(2):
        driver.trigger(JOBS[name][0])
        dialog = job.dialog
        driver.qtbot.waitExposed(dialog)
        assert dialog.height() == dialog.layout().totalHeightForWidth(dialog.width())
        dialog.close()


def test_who_closes_the_dialog_is_told_in_the_window_what_that_gave_up(
    trained, name, job, begin, tmp_path
):
    dialog = job.open()
    begin(tmp_path)
    dialog.close()
    assert not job.is_under_way
    assert trained.window.messages.text == JOBS[name][1]
    assert not dialog.said
    trained.qtbot.waitUntil(lambda: not list(tmp_path.glob("*.gif")))


def test_who_cancels_is_told_in_the_dialog(trained, name, job, begin, tmp_path):
    dialog = job.open()
    begin(tmp_path)
    trained.child(QPushButton, f"{name}_cancel").click()
    assert dialog.said == JOBS[name][1]
    assert not trained.window.messages.text


def test_where_no_dialog_is_open_the_window_tells_why_it_failed(trained, begin, tmp_path):
    begin(tmp_path / "gone")
    assert "there is no folder" in trained.window.messages.text


def test_what_is_opened_again_begins_with_its_first_choice(driver, name, job):
    dialog = job.open()
    with driver.qtbot.waitActive(dialog):
        dialog.activateWindow()
    first = dialog.focusWidget()
    assert first is not None
    driver.child(QPushButton, f"{name}_close").setFocus()
    dialog.close()
    job.open()
    driver.qtbot.waitUntil(lambda: dialog.focusWidget() is first)
