"""One line of words about a ball on the wall."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from rnnviz.diagnostics.wall import Descent
from rnnviz.gui.style.palette import ColorRole
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.wording.numbers import format_number

Extent = tuple[float, float, float, float]

_FAR = 0.5
"""A ball that leaves the picture in a longer step than this was thrown."""


class WallReadout(QLabel):
    """The longest of several texts that fits, after the sign of the ball's line in its colour.

    Parameters
    ----------
    theme
        Colours and type.
    name
        The object's name.
    sign, role
        What the ball's line looks like.
    parent
        The widget that holds it.
    """

    def __init__(
        self, theme: Theme, name: str, sign: str, role: ColorRole, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sign = sign
        self._role: ColorRole = role
        self._texts: list[str] = [""]
        self._words = ""
        self.setObjectName(name)
        self.setProperty("words", "small")
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._fit)

    @property
    def words(self) -> str:
        """The text that is shown."""
        return self._words

    def say(self, texts: list[str]) -> None:
        """Say one of these, which are ever shorter; the first is told to a screen reader."""
        self._texts = texts
        self.setToolTip(texts[0])
        self.setAccessibleName(texts[0])
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say more or less."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics = self.fontMetrics()
        room = self.width() - metrics.horizontalAdvance(f"{self._sign}    ")
        fitting = (text for text in self._texts if metrics.horizontalAdvance(text) <= room)
        self._words = next(fitting, self._texts[-1])
        color = self._theme.palette.word_color(self._role).name()
        self.setText(f'<span style="color:{color}">{self._sign}</span>&nbsp; {self._words}')


def ball_words(way: Descent, step: int, extent: Extent, name: str, short: str) -> list[str]:
    """Return what there is to say of a ball after a step, in ever fewer words.

    Parameters
    ----------
    way
        The ball's whole way.
    step
        How many steps of it are seen.
    extent
        Left, right, lower and upper edge of the picture.
    name, short
        What to call the ball.
    """
    step = min(step, len(way) - 1)
    outside = way.first_outside(*extent)
    if outside is not None and 0 < outside <= step:
        return _words_outside(way, step, outside, name, short)
    error, norm = _digits(way.error[step]), _digits(way.norm[step])
    place = f"step {step:,}: w {_digits(way.w[step])}, b {_digits(way.b[step])}"
    texts = [
        f"{name}, {place}, error {error}, gradient norm {norm}",
        f"{name}: error {error}, gradient norm {norm}",
        f"{short}: step {step:,}, error {error}",
    ]
    count = int(way.clipped[:step].sum())
    if count:
        texts.insert(0, f"{texts[0]}; {count:,} of {step:,} gradients were shortened")
    return texts


def _words_outside(way: Descent, step: int, outside: int, name: str, short: str) -> list[str]:
    before = outside - 1
    w, b = _digits(way.w[outside]), _digits(way.b[outside])
    push, error, norm = (_digits(v) for v in (way.norm[before], way.error[step], way.norm[step]))
    now = f"error there {error}, gradient {norm}"
    length = math.hypot(way.w[outside] - way.w[before], way.b[outside] - way.b[before])
    if length < _FAR:
        return [
            f"{name}: left the picture in step {outside:,} at w = {w}, b = {b}; {now}",
            f"{name}: left the picture at w = {w}, b = {b}",
            f"{short}: left the picture",
        ]
    return [
        f"{name}: thrown to w = {w}, b = {b} in step {outside:,} by a gradient of norm {push}; "
        f"{now}",
        f"{name}: thrown to w = {w}, b = {b} by a gradient of norm {push}",
        f"{name}: thrown to w = {w} by a gradient of norm {push}",
        f"{short}: to w = {w} by a norm of {push}",
    ]


def _digits(value: float) -> str:
    return format_number(float(value))
