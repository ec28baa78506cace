"""A window that starts though it cannot use what it remembers, and says so."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QToolButton

from rnnviz.cli import main

NAME = "rnnviz/rnnviz.ini"
DAMAGED = {
    "random": random.Random(1).randbytes(2000),
    "of another": b"[General]\nlayout=left\ngeometry=@ByteArray(wide)\n",
    "newer": b"[General]\nformat=2\nlayout=left\n",
    "an object": b"[General]\nformat=1\nscheme=@Variant(\\0\\0\\0\\t\\x7f\\xff\\xff\\xff)\n",
}


@pytest.fixture
def file(own_settings, tmp_path: Path) -> Path:
    file = tmp_path / "settings" / NAME
    file.parent.mkdir(parents=True)
    return file


def aside(file: Path) -> list[Path]:
    return sorted(file.parent.glob("rnnviz-*.ini"))


@pytest.mark.parametrize("what", DAMAGED)
def test_the_window_starts_with_its_defaults_and_names_what_it_set_aside(new_driver, file, what):
    file.write_bytes(DAMAGED[what])
    driver = new_driver()
    (kept,) = aside(file)
    assert kept.read_bytes() == DAMAGED[what]
    assert str(kept) in driver.window.messages.text
    driver.train_and_pause(1)
    assert str(kept) in driver.window.messages.text
    driver.child(QToolButton, "message_close").click()
    assert driver.window.messages.isHidden()
    driver.window.arrange(["loss_panel", "hidden_panel"])
    driver.settle()
    stand = {name for name, dock in driver.window.docks.items() if not dock.isHidden()}
    driver.window.resize(1100, 700)
    driver.controller.close_now()

    second = new_driver()
    assert second.window.messages.text == ""
    second.settle()
    assert {n for n, dock in second.window.docks.items() if not dock.isHidden()} == stand
    assert second.controller.settings.geometry is not None
    assert aside(file) == [kept]


def test_what_was_set_aside_is_said_though_a_file_is_opened(new_driver, file, tmp_path):
    model = tmp_path / "small.rnnviz"
    assert (
        main(
            [
                "train",
                "--corpus",
                "hello",
                "--steps",
                "1",
                "--hidden-size",
                "4",
                "--out",
                str(model),
            ]
        )
        == 0
    )
    file.write_bytes(b"nonsense")
    driver = new_driver(model)
    driver.until(lambda snapshot: snapshot.step == 1)
    driver.settle()
    assert str(aside(file)[0]) in driver.window.messages.text


def test_a_reset_starts_the_window_with_its_defaults(new_driver, file):
    first = new_driver()
    at_first = {name for name, dock in first.window.docks.items() if not dock.isHidden()}
    first.window.arrange(["loss_panel"])
    first.settle()
    first.trigger("action_theme")
    was_dark = first.controller.theme.is_dark
    first.controller.close_now()
    first.qtbot.waitUntil(file.is_file)
    written = file.read_bytes()

    second = new_driver(reset_settings=True)
    (kept,) = aside(file)
    assert kept.read_bytes() == written
    assert str(kept) in second.window.messages.text
    shown = {name for name, dock in second.window.docks.items() if not dock.isHidden()}
    assert shown == at_first
    assert second.controller.theme.is_dark != was_dark


def test_a_window_whose_settings_have_no_folder_trains_and_says_so(new_driver, file):
    file.parent.rmdir()
    file.parent.write_text("a file")
    driver = new_driver()
    assert "will not remember" in driver.window.messages.text
    driver.train_and_pause(1)
    driver.trigger("action_theme")
    driver.controller.close_now()
    assert file.parent.read_text() == "a file"


WINDOW = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QApplication, QMainWindow
from rnnviz.cli import main
application = QApplication([])
def look():
    window, = (w for w in application.topLevelWidgets() if isinstance(w, QMainWindow))
    if window.docks:
        timer.stop()
        print(window.messages.text, flush=True)
        window.close()
timer = QTimer()
timer.timeout.connect(look)
timer.start(20)
sys.exit(main(["--in-process", *sys.argv[1:]]))
"""


def run_program(home: Path, *words: str) -> str:
    """Start the program, close its window once it is complete, and return what it said in it."""
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(home),
        "RNNVIZ_AUTOSAVES": str(home / "autosaves"),
    }
    command = [sys.executable, "-c", WINDOW, *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="settings lie where no variable says"
)
def test_the_program_starts_whatever_happens_to_its_settings(tmp_path):
    file = tmp_path / NAME
    assert run_program(tmp_path) == ""
    store = QSettings(str(file), QSettings.Format.IniFormat)
    assert store.value("format") == "1"
    layout = store.value("layout").data()
    # There is no such area. Qt looks for it all the same, and dies.
    area = layout.index(b"\xfd") + 8
    store.setValue("layout", QByteArray(layout[:area] + b"\xff" + layout[area + 1 :]))
    store.sync()
    damaged = file.read_bytes()
    said = run_program(tmp_path)
    (kept,) = aside(file)
    assert kept.read_bytes() == damaged
    assert str(kept) in said
    proper = file.read_bytes()
    said = run_program(tmp_path, "--reset-settings")
    (reset,) = set(aside(file)) - {kept}
    assert reset.read_bytes() == proper
    assert str(reset) in said
    assert "damaged" not in said
