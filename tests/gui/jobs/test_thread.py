"""A thread that does one piece of work, and what is heard of it."""

import pytest
from PySide6.QtCore import QObject, Signal

from rnnviz.gui.jobs.thread import GivenUpError, JobThread
from rnnviz.storage import StorageError


class SomeThread(JobThread):
    told = Signal(int)

    def __init__(self, parent, error=None):
        super().__init__("some_thread", parent)
        self.error = error

    def _work(self):
        if self.error is not None:
            raise self.error
        self.told.emit(1)


@pytest.fixture
def owner(qapp):
    return QObject()


def test_it_has_ended_before_it_is_destroyed(qtbot, owner, monkeypatch):
    done = []
    for name in ("wait", "deleteLater"):
        plain = getattr(SomeThread, name)
        monkeypatch.setattr(
            SomeThread, name, lambda it, name=name, plain=plain: (done.append(name), plain(it))[1]
        )
    SomeThread(owner).start()
    qtbot.waitUntil(lambda: not owner.children())
    assert done == ["wait", "deleteLater"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (StorageError("The disk is full."), "The disk is full."),
        (MemoryError(), "There is not enough memory for that; the run is as it was."),
    ],
)
def test_whatever_goes_wrong_is_one_sentence(qtbot, owner, error, said):
    thread, heard = SomeThread(owner, error), []
    thread.hear(thread.failed, heard.append)
    thread.start()
    qtbot.waitUntil(lambda: not owner.children())
    assert heard == [said]


def test_a_fault_is_said_with_where_its_report_lies(qtbot, owner, own_reports):
    thread, heard = SomeThread(owner, ValueError("odd")), []
    thread.hear(thread.failed, heard.append)
    thread.start()
    qtbot.waitUntil(lambda: not owner.children())
    (report,) = own_reports.iterdir()
    assert heard == [
        "Something unexpected went wrong (ValueError: odd); the run is as it was. "
        f"A report lies in {report}."
    ]


def test_what_ends_as_it_was_given_up_says_nothing(qtbot, owner):
    thread, heard = SomeThread(owner, GivenUpError()), []
    thread.failed.connect(heard.append)
    thread.start()
    qtbot.waitUntil(lambda: not owner.children())
    assert not heard


def test_what_was_on_its_way_when_it_was_given_up_arrives_nowhere(qtbot, owner):
    thread, heard = SomeThread(owner), []
    thread.hear(thread.told, heard.append)
    thread.start()
    thread.wait()  # all that it has to say is on its way
    thread.give_up()
    qtbot.waitUntil(lambda: not owner.children())
    assert not heard
