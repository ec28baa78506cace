import os
import subprocess
import sys
from pathlib import Path

import pytest

from rnnviz.storage import load_model
from rnnviz.storage.autosaves.folder import HOME_VARIABLE, claim_left_behind

WINDOW = """
import gc
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
from rnnviz.gui.application import run_window
application = QApplication([])
def look():
    window, = (w for w in application.topLevelWidgets() if isinstance(w, QMainWindow))
    if window.docks:
        timer.stop()
        print(len(gc.get_objects()), gc.get_freeze_count())
        window.close()
timer = QTimer()
timer.timeout.connect(look)
timer.start(20)
run_window()
"""


GARBAGE = """
import gc, threading
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
from rnnviz.gui.application import run_window
application = QApplication([])
kept, found_in = [], []
class Cycle:
    def __init__(self):
        self.itself = self
    def __del__(self):
        found_in.append(threading.current_thread() is threading.main_thread())
def work():
    Cycle()
    kept.extend([] for _ in range(100_000))
def look():
    window, = (w for w in application.topLevelWidgets() if isinstance(w, QMainWindow))
    if window.docks and not kept:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        print(found_in)
    elif found_in:
        timer.stop()
        print(found_in)
        window.close()
timer = QTimer()
timer.timeout.connect(look)
timer.start(20)
run_window()
"""


QT_ENDS = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
from rnnviz.gui.application import run_window
from rnnviz.runs.process import WorkerProcess
def main():
    application = QApplication([])
    def look():
        window, = (w for w in application.topLevelWidgets() if isinstance(w, QMainWindow))
        recovery = window.findChild(object, "recovery")
        if recovery is None or recovery._thread.folder is None:
            return
        if not window.actions_by_name["action_train"].isChecked() and not began:
            began.append(window.actions_by_name["action_train"].trigger())
        elif next(iter(recovery._runs)).snapshot.step > 20:
            timer.stop()
            application.exit(1)
    began = []
    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(20)
    worker = WorkerProcess() if sys.argv[1] == "worker" else None
    assert run_window(worker=worker, autosave_seconds=3600.0) == 1
if __name__ == "__main__":
    main()
"""


def output_of(script: str, path: Path, *arguments: str) -> str:
    """Run a script in a process of its own, and return what it printed."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(path)}
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_garbage_is_looked_for_in_little_of_what_an_open_window_consists_of(tmp_path: Path) -> None:
    looked_through, passed_over = map(int, output_of(WINDOW, tmp_path).split())
    assert 4 * looked_through < passed_over


def test_garbage_is_destroyed_by_the_windows_own_thread(tmp_path: Path) -> None:
    in_another, at_last = output_of(GARBAGE, tmp_path).splitlines()
    assert in_another == "[]", "the thread that worked has looked for none"
    assert at_last == "[True]"


def test_what_is_painted_first_loads_neither_plots_nor_texts(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from rnnviz.gui.application import new_window\n"
        "new_window(QApplication([]))\n"
        "print({'numpy', 'pyqtgraph', 'rnnviz.data'} & set(sys.modules))\n"
    )
    assert output_of(script, tmp_path) == "set()\n"


@pytest.mark.parametrize("where", ["worker", "in process"])
def test_what_no_file_holds_outlives_a_display_that_goes_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Qt then ends with the window open, and nobody has asked anything: a logout is often so."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "autosaves"))
    output_of(QT_ENDS, tmp_path, where)
    (found,) = claim_left_behind(tmp_path / "autosaves").folders
    (autosave,) = found.models
    assert load_model(autosave).step > 20
    found.let_go()
