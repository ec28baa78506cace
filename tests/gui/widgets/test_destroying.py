"""Whatever is destroyed does not take the program along."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject

from rnnviz.gui.widgets import destroying
from rnnviz.gui.widgets.destroying import destroy_later

AT_AN_ADDRESS_USED_BEFORE = """
import os, sys, shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread
from rnnviz.gui.widgets.destroying import destroy_later
application = QCoreApplication([])
class Thread(QThread):
    pass
parent, held = QObject(), []
for _ in range(20):
    before = Thread()
    address, = shiboken6.getCppPointer(before)
    del before
    held.append(shiboken6.wrapInstance(address, QEvent))
    thread = Thread(parent)
    destroy_later(thread)
    del thread
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    application.processEvents()
print(len(parent.children()), flush=True)
os._exit(0)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="its memory can be scribbled over")
def test_what_lies_where_something_else_lay_is_destroyed_without_harm() -> None:
    # What was freed is written over, so that whoever still reads it is sure to fail.
    environment = os.environ | {"PYTHONMALLOC": "malloc", "MALLOC_PERTURB_": "165"}
    command = [sys.executable, "-c", AT_AN_ADDRESS_USED_BEFORE]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "0"


def test_it_is_destroyed_once_qt_comes_to_it_and_held_until_then(qapp: QCoreApplication) -> None:
    parent = QObject()
    thing = QObject(parent)
    destroy_later(thing)
    assert thing in destroying._held.values()
    assert parent.children() == [thing]
    qapp.sendPostedEvents(thing, QEvent.Type.DeferredDelete)
    assert parent.children() == []
    assert thing not in destroying._held.values()
