"""The colours by their meaning, in light and in dark.

Only QtGui is imported here: the window is painted before NumPy loads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtGui import QColor, QPalette

ColorRole = Literal[
    "background",
    "panel",
    "ink",
    "soft",
    "faint",
    "line",
    "forward",
    "forward_band",
    "backward",
    "backward_band",
    "backward_deep",
    "threshold",
    "negative",
    "positive",
]

Flow = Literal["forward", "backward"]
"""Which family of colours: the blues of what flows forward, the oranges of what comes back."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours by their meaning, as ``"#rrggbb"``.

    Blue (``forward``) is what flows forward: activations, predictions, text. Orange (``backward``)
    is what comes back: gradients, updates, clipping; ``backward_deep`` is for a second curve of it
    beside the first. ``faint`` is for lines and icons only: it is too pale for words.

    ``forward_shades`` and ``backward_shades`` tell runs apart, one of either for each; the first of
    them are ``forward`` and ``backward`` themselves. `tests/comparisons/run_shades.py` found them.
    """

    background: str
    panel: str
    ink: str
    soft: str
    faint: str
    line: str
    forward: str
    forward_band: str
    backward: str
    backward_band: str
    backward_deep: str
    threshold: str
    negative: str
    positive: str
    forward_shades: tuple[str, ...]
    backward_shades: tuple[str, ...]

    def color(self, role: ColorRole) -> QColor:
        """Return the colour of a role."""
        return QColor(getattr(self, role))

    def word_color(self, role: ColorRole) -> QColor:
        """Return the colour of words about a role: the same where it is legible, else soft grey."""
        pale = role in ("faint", "line", "forward_band", "backward_band", "background", "panel")
        return self.color("soft" if pale else role)

    def shade(self, flow: Flow, number: int) -> QColor:
        """Return a run's colour in a family, by the number of its shade; see `Sign`."""
        return QColor(getattr(self, f"{flow}_shades")[number])

    @property
    def on_accent(self) -> str:
        """The colour of words on a field of ``forward`` or ``backward``."""
        return "#ffffff" if QColor(self.panel).lightness() > 127 else "#0b0f14"


LIGHT_PALETTE = Palette(
    background="#f3f4f6",
    panel="#ffffff",
    ink="#1b2430",
    soft="#5d6876",
    faint="#9aa4b1",
    line="#e3e6ea",
    forward="#1f5fd0",
    forward_band="#bcd2f5",
    backward="#d9630b",
    backward_band="#f8d3b4",
    backward_deep="#7a2e00",
    threshold="#c8102e",
    negative="#621878",
    positive="#1a8468",
    forward_shades=(
        "#1f5fd0",
        "#02188d",
        "#005073",
        "#6f7bfa",
        "#30274e",
        "#056e89",
        "#269dc5",
        "#0a48a3",
    ),
    backward_shades=(
        "#d9630b",
        "#511a0d",
        "#795728",
        "#bb7664",
        "#802f03",
        "#8f7b43",
        "#b58b56",
        "#b55c02",
    ),
)
DARK_PALETTE = Palette(
    background="#12161c",
    panel="#1a2029",
    ink="#e9edf2",
    soft="#a3afbd",
    faint="#6d7988",
    line="#2a323d",
    forward="#6aa5ff",
    forward_band="#2a4470",
    backward="#ff9a4a",
    backward_band="#5b3a20",
    backward_deep="#ffdfbd",
    threshold="#ff6b7d",
    negative="#bb66d0",
    positive="#5cdcb8",
    forward_shades=(
        "#6aa5ff",
        "#95ebff",
        "#328fa2",
        "#5671b0",
        "#788aca",
        "#8269f8",
        "#a6bdee",
        "#4eacc0",
    ),
    backward_shades=(
        "#ff9a4a",
        "#ffe6a9",
        "#d16b03",
        "#a1624b",
        "#b57d5a",
        "#cd4025",
        "#f5bb91",
        "#b19752",
    ),
)


def mix(color: str, other: str, share: float) -> str:
    """Return ``color`` with a share of ``other`` stirred in, all as ``"#rrggbb"``."""
    pairs = zip(_channels(color), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def qt_palette(palette: Palette) -> QPalette:
    """Translate the palette for what Fusion draws without asking the style sheet."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    result = QPalette()
    colors = {
        role.Window: palette.background,
        role.WindowText: palette.ink,
        role.Base: palette.panel,
        role.AlternateBase: palette.background,
        role.ToolTipBase: palette.panel,
        role.ToolTipText: palette.ink,
        role.PlaceholderText: palette.soft,
        role.Text: palette.ink,
        role.Button: mix(palette.background, palette.ink, 0.04),
        role.ButtonText: palette.ink,
        role.BrightText: palette.threshold,
        role.Light: mix(palette.panel, palette.ink, 0.02),
        role.Midlight: palette.line,
        role.Mid: palette.faint,
        role.Dark: palette.faint,
        role.Shadow: mix(palette.background, "#000000", 0.5),
        role.Highlight: palette.forward,
        role.HighlightedText: palette.on_accent,
        role.Accent: palette.forward,
        role.Link: palette.forward,
        role.LinkVisited: palette.negative,
    }
    for key, color in colors.items():
        result.setColor(key, QColor(color))
    for key in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(group.Disabled, key, QColor(palette.faint))
    result.setColor(group.Disabled, role.Highlight, QColor(palette.line))
    return result
