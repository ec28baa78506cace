from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsScene

from rnnviz.gui.plotting.items.sign_picture import SignPicture
from rnnviz.gui.style.sign import SIGNS
from rnnviz.gui.style.theme import ColorScheme, Theme


def test_a_sign_looks_as_it_is_shown_last(qapp) -> None:
    theme, scene = Theme(ColorScheme.LIGHT), QGraphicsScene()
    picture = SignPicture(scene, theme)
    line, marker = picture._line, picture._marker
    picture.show(SIGNS[0], QColor("red"), 10.0, 20.0)
    width, shape = line.boundingRect().width(), marker.path()
    picture.show(SIGNS[0], QColor("blue"), 30.0, 40.0)
    assert (line.pen().color(), marker.brush().color()) == (QColor("blue"), QColor("blue"))
    assert marker.y() == 40.0
    theme.set_scale(1.5)
    picture.show(SIGNS[0], QColor("blue"), 30.0, 40.0)
    assert line.boundingRect().width() > 1.3 * width
    theme.set_scale(1.0)
    picture.show(SIGNS[1], QColor("blue"), 30.0, 40.0)
    assert marker.path() != shape
