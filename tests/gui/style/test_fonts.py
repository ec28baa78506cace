import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF, QRawFont, QTextLayout
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from rnnviz.gui.style import fonts
from rnnviz.gui.style.theme import ColorScheme, Theme
from rnnviz.resources import resource_path

CHECKOUT = Path(__file__).parents[3]
ROLES = ("small", "body", "title", "heading", "display")
MONO_ROLES = ("mono", "mono_small")

NO_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><cachedir>{cache}</cachedir></fontconfig>"""

WINDOW_WITHOUT_FONTS = """
from PySide6.QtCore import QSettings
from PySide6.QtGui import QFontDatabase, QImage, QPainter, QRawFont
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from rnnviz.gui.application import new_window
application = QApplication([])
assert set(QFontDatabase.families()) <= {"Monospace", "Sans Serif", "Serif"}  # Qt names these
window, furnish = new_window(application)
furnish()
window.show()
def drawn(font, letter):
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    painter.setPen("white")
    painter.setFont(font)
    painter.drawText(5, 30, letter)
    painter.end()
    return image
seen = [*window.findChildren(QLabel), *window.findChildren(QAbstractButton)]
words = [(widget.font(), widget.text()) for widget in seen if "<" not in widget.text()]
assert len(words) > 30
for font, text in words:
    face = QRawFont.fromFont(font)
    missing = [c for c in text if not face.supportsCharacter(ord(c))]
    assert not missing, (font.families(), text, missing)
    assert drawn(font, "A") != drawn(font, "B")
window.close()
"""


def test_without_any_font_on_the_system_words_are_words(tmp_path: Path) -> None:
    configuration = tmp_path / "fonts.conf"
    configuration.write_text(NO_FONTS.format(cache=tmp_path / "cache"))
    environment = os.environ | {
        "FONTCONFIG_FILE": str(configuration),
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(tmp_path),
    }
    command = [sys.executable, "-c", WINDOW_WITHOUT_FONTS]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def faces(monospaced: bool) -> list[QRawFont]:
    kind = "Mono" if monospaced else "Sans"
    files = [resource_path(f"fonts/rnnviz{n}.ttf") for n in fonts.FILES if n.startswith(kind)]
    assert len(files) == 2
    return [QRawFont(str(file), 16.0) for file in files]


def written_characters() -> dict[str, str]:
    """Return every unusual character of the program's sentences, with a file that has it."""
    found: dict[str, str] = {}
    for folder in ("gui", "training", "core", "cli"):
        for file in (CHECKOUT / "rnnviz" / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found |= dict.fromkeys(node.value, file.name)
    for file in resource_path("experiments").iterdir():
        found |= dict.fromkeys(file.read_text(encoding="utf-8"), file.name)
    return {c: name for c, name in found.items() if c.isprintable() and not c.isspace()}


def test_every_sign_that_the_program_writes_is_in_its_typefaces(qtbot: QtBot) -> None:
    characters = written_characters()
    assert {"ρ", "σ", "γ", "≥", "−", "×", "·", "…", "⁻", "▾", "␣"} <= set(characters)
    for one, other in zip(faces(False), faces(True), strict=True):
        missing = {
            character: file
            for character, file in characters.items()
            if not one.supportsCharacter(ord(character))
            and not other.supportsCharacter(ord(character))
        }
        assert not missing


@pytest.mark.parametrize("role", ROLES + MONO_ROLES)
def test_a_number_that_changes_keeps_its_width(qtbot: QtBot, role) -> None:
    for scale in (1.0, 1.25, 1.5):
        theme = Theme(ColorScheme.LIGHT)
        theme.set_scale(scale)
        metrics = QFontMetricsF(theme.font(role))
        assert len({metrics.horizontalAdvance(digit * 8) for digit in "0123456789"}) == 1
        assert metrics.horizontalAdvance("11,117.71") == metrics.horizontalAdvance("86,408.65")
        assert metrics.horizontalAdvance("+") == metrics.horizontalAdvance("−")


@pytest.mark.parametrize("role", MONO_ROLES)
def test_all_that_is_monospaced_is_as_wide(qtbot: QtBot, role) -> None:
    metrics = QFontMetricsF(Theme(ColorScheme.LIGHT).font(role))
    signs = "abcxyzABCXYZ .,:;-−×␣↵⇥─╌┈▁█▾✓✗ρσ0⁰⁹⁻"
    assert {metrics.horizontalAdvance(sign * 4) for sign in signs} == {
        metrics.horizontalAdvance("nnnn")
    }


def shapes(text: str, font: QFont) -> list[int]:
    layout = QTextLayout(text, font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return [index for run in layout.glyphRuns() for index in run.glyphIndexes()]


@pytest.mark.parametrize("role", ROLES + MONO_ROLES)
def test_neighbours_do_not_melt_into_one_sign(qtbot: QtBot, role) -> None:
    font = Theme(ColorScheme.LIGHT).font(role)
    for pair in ("->", "!=", "<=", "=>", "fi", "--", "10x10", "www"):
        alone = [shape for character in pair for shape in shapes(character, font)]
        assert shapes(pair, font) == alone


def test_every_widget_of_the_window_speaks_in_the_programs_typefaces(new_driver) -> None:
    window = new_driver().window
    own = {fonts.SANS, fonts.MONO}
    widgets = window.findChildren(QWidget)
    assert len(widgets) > 100
    others = {w.objectName() for w in widgets if QFontInfo(w.font()).family() not in own}
    assert not others


@pytest.fixture
def no_typeface(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    cached = (fonts.problem, fonts.families)
    for function in cached:
        function.cache_clear()
    monkeypatch.setattr(fonts, "FILES", ("Sans-Regular", "Mono-That-Is-Gone"))
    yield
    for function in cached:
        function.cache_clear()


def test_a_typeface_that_cannot_be_loaded_is_a_sentence(no_typeface: None, new_driver) -> None:
    driver = new_driver()
    text = driver.until_message("typeface")
    assert "Mono-That-Is-Gone" in text
    assert "Sans-Regular" not in text
    assert QApplication.font().families() == fonts.families(monospaced=False)
    assert fonts.SANS not in QApplication.font().families()


def test_each_typeface_stands_beside_its_licence() -> None:
    text = resource_path("README.md").read_text(encoding="utf-8")
    for source in ("Inter", "JetBrainsMono"):
        licence = resource_path(f"fonts/{source}-OFL.txt").read_text(encoding="utf-8")
        assert "SIL Open Font License, Version 1.1" in licence
        assert f"{source}-OFL.txt" in text
