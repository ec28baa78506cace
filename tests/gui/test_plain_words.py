"""What comes from a file is shown as it stands, tags and all."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument

from rnnviz.gui.widgets.eliding_label import ElidingLabel
from rnnviz.gui.widgets.plain import PlainLabel, plain_tip

HOSTILE = 'a <b>bold</b> <img src="x.png"> & &amp;\n  two'


def shown(text: str) -> str:
    """Return what Qt makes of a tip or of a label whose format is not set."""
    if "<" not in text:
        return text
    document = QTextDocument()
    document.setHtml(text)
    return document.toPlainText()


@pytest.mark.parametrize("text", ["plain & simple", HOSTILE, "a < b", "<", ""])
def test_a_tip_shows_tags_as_they_stand(qtbot, text):
    assert shown(plain_tip(text)) == text


@pytest.mark.parametrize("kind", [PlainLabel, ElidingLabel])
def test_a_label_shows_tags_as_they_stand(qtbot, kind):
    label = kind(HOSTILE)
    qtbot.addWidget(label)
    assert (label.text(), label.textFormat()) == (HOSTILE, Qt.TextFormat.PlainText)
    label.setToolTip(HOSTILE)
    assert shown(label.toolTip()) == HOSTILE
