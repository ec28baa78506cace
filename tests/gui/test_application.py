import os
import subprocess
import sys
from pathlib import Path

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


def test_garbage_is_looked_for_in_little_of_what_an_open_window_consists_of(tmp_path: Path) -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path)}
    command = [sys.executable, "-c", WINDOW]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    looked_through, passed_over = map(int, done.stdout.split())
    assert 4 * looked_through < passed_over
