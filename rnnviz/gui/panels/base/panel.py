"""What every panel is: a card with a title row, an explanation and a body."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QPainter, QRegion, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rnnviz.gui.panels.base.exports import PanelExports
from rnnviz.gui.panels.base.header import PanelHeader
from rnnviz.gui.panels.base.player import Player
from rnnviz.gui.panels.base.read_text import ReadToken
from rnnviz.gui.panels.base.shown_run import Found, ShownRun
from rnnviz.gui.plotting import PlotView
from rnnviz.gui.plotting.axes.training_axis import TrainingAxis
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.emphasis import Emphasis, Mark
from rnnviz.gui.widgets.popover import Popover
from rnnviz.gui.wording.claims import finding_words
from rnnviz.gui.wording.windows import NEXT_WINDOW, OF_WATCHED_TEXT, WATCHED_TEXT
from rnnviz.training.observation.kinds.diagnostic import Diagnostic
from rnnviz.training.observation.kinds.of_window import WindowDiagnostic
from rnnviz.training.snapshot import Snapshot
from rnnviz.wording import of_tokens

_BELOW = 8
LEAST_BODY = (240, 120)
"""How narrow and how low a body may become, in designed pixels: smaller, a plot tells nothing."""


class Panel(QWidget):
    """A card with a title row and a body; a subclass fills the body and shows snapshots in it.

    Parameters
    ----------
    theme
        Colours and type.
    object_name
        The object's name, such as ``"loss_panel"``; the parts' names begin with it.
    title
        What the panel shows, plainly.
    subtitle
        A few soft words after the title: the unit, or how to read it.
    explanation
        The answer to "What am I looking at?", in paragraphs separated by empty lines, with
        ``{window}`` for the sentence that says which window it is. In both, ``{token}`` and the
        like stand for what `speak_of` says.
    parent
        The widget that holds it.

    Attributes
    ----------
    exports
        What leaves it: picture and data.

    Signals
    -------
    expand_requested()
        The person wants the panel to fill the window, or to go back.
    exported(str)
        Its picture or its data was copied or saved; one sentence says so.
    export_failed(str)
        A file could not be written; one sentence says why.
    played()
        `player` plays now, or holds.
    header_resized()
        The title row, and with it the panel, has another width.
    room_changed()
        The panel has another size.
    title_clicked()
        The title row was clicked.
    token_pointed()
        `pointed_token` may be another one.
    watch_changed()
        `watches` is something else.
    """

    shows: ClassVar[tuple[Diagnostic, ...]] = ()
    """What a snapshot must carry while the panel is seen; nothing where it is not of the run."""

    compares: ClassVar[bool] = False
    """Whether it shows several runs at once: `show_runs` is overridden then."""

    quantities: ClassVar[frozenset[str]] = frozenset()
    """Of claims, by name: those that can be seen in the panel."""

    expand_requested = Signal()
    exported = Signal(str)
    export_failed = Signal(str)
    played = Signal()
    header_resized = Signal()
    room_changed = Signal()
    title_clicked = Signal()
    token_pointed = Signal()
    watch_changed = Signal()

    def __init__(
        self,
        theme: Theme,
        *,
        object_name: str,
        title: str,
        subtitle: str = "",
        explanation: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self.title = title
        self._explanation = explanation
        self._level = "character"
        self._subtitle = subtitle = self.of_tokens(subtitle)
        self._behind: int | None = None
        self._is_watched = False
        self._body: QWidget | None = None
        self._emphasis: Emphasis | None = None
        self.setObjectName(object_name)
        self.setAccessibleName(title)
        self.setAccessibleDescription(self.explanation)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("card", True)
        self._layout = QVBoxLayout(self)
        self.exports = PanelExports(self, self)
        self.exports.done.connect(self.exported)
        self.exports.failed.connect(self.export_failed)
        self._header = PanelHeader(theme, panel_name=object_name, title=title, subtitle=subtitle)
        self._header.set_menu(self.exports.menu)
        self._header.help.setVisible(bool(explanation))
        self._header.help_wanted.connect(self._explain)
        self._header.expand_wanted.connect(self.expand_requested)
        self._header.clicked.connect(self.title_clicked)
        self._header.menu_wanted.connect(self.exports.menu.popup)
        self._header.resized.connect(self.header_resized)
        self._layout.setSpacing(0)
        self._layout.addWidget(self._header)
        theme.changed.connect(self._restyle)
        self._restyle()

    # -- for subclasses -----------------------------------------------------------------------

    @property
    def plot_view(self) -> PlotView | None:
        """The plot that is exported as CSV: the body, if it is one. Override where it is inside."""
        return self._body if isinstance(self._body, PlotView) else None

    @property
    def player(self) -> Player | None:
        """What Train, Step and Reset act on where the panel is seen and nothing of the run is."""
        return None

    @property
    def watches(self) -> frozenset[Diagnostic]:
        """What snapshots should carry while it is seen: what it shows, and what was switched on."""
        return frozenset(self.shows)

    @property
    def is_for_every_frame(self) -> bool:
        """Whether it shows a watched text as smoothly as it changes, and nothing besides."""
        return bool(self.watches) and all(one.at_every_frame for one in self.watches)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show what a snapshot carries; a panel does this and nothing else."""
        raise NotImplementedError

    def show_runs(self, front: ShownRun, compared: Sequence[ShownRun]) -> None:
        """Show the run in front, and beside it, where the panel `compares`, the others.

        Parameters
        ----------
        front
            The run that panels of one run show.
        compared
            All that are to be compared, in the order of the window's list, `front` among them;
            it alone where there is no other.
        """
        self.show_snapshot(front.snapshot)

    def lacks(self, snapshot: Snapshot) -> bool:
        """Tell whether something of the window that it shows is still to be measured."""
        measured = None if snapshot.window is None else snapshot.window.measured
        return measured is not None and any(one not in measured for one in self.of_window)

    def step_of(self, snapshot: Snapshot) -> int:
        """Return of which step its picture of a snapshot is, which may be an earlier one."""
        window = snapshot.window if self.of_window else None
        return snapshot.step if window is None else window.step

    def is_of_watched_text(self, snapshot: Snapshot) -> bool:
        """Tell whether its picture of a snapshot is of the watched text."""
        is_watched = snapshot.window is not None and snapshot.window.is_watched_text
        return is_watched and not all(one.reads_own_text for one in self.of_window)

    @property
    def of_window(self) -> list[WindowDiagnostic[object]]:
        """What it shows of a window; empty where it shows the run's record alone."""
        return [one for one in self.shows if isinstance(one, WindowDiagnostic)]

    def set_axis(self, axis: TrainingAxis) -> None:
        """Draw what is over training, if anything is, over this."""

    @property
    def pointed_token(self) -> ReadToken | None:
        """The token of what was read that the pointer means now; None where it means none."""
        return None

    def mark_token(self, token: ReadToken | None) -> None:
        """Mark a token that is pointed at, where the same text is shown; with None, no more."""

    @property
    def explanation(self) -> str:
        """The answer to "What am I looking at?"."""
        window = WATCHED_TEXT if self._is_watched else NEXT_WINDOW
        return of_tokens(self._explanation, self._level, window=window)

    def of_tokens(self, text: str) -> str:
        """Fill in what the tokens are; see `rnnviz.wording.of_tokens`."""
        return of_tokens(text, self._level)

    def speak_of(self, level: str) -> None:
        """Call the tokens what they are: ``character``, ``word`` or ``time step``."""
        if level != self._level:
            self._level = level
            self.setAccessibleDescription(self.explanation)

    def set_explanation(self, text: str) -> None:
        """Answer "What am I looking at?" anew, where a run of another kind shows something else."""
        if text != self._explanation:
            self._explanation = text
            self.setAccessibleDescription(self.explanation)

    def set_body(self, body: QWidget) -> None:
        """Show this widget below the title row; it fills the card."""
        if self._body is not None:
            self._layout.removeWidget(self._body)
            self._body.setParent(None)
        self._body = body
        self._keep_least()
        keeps_place = body.sizePolicy()
        keeps_place.setRetainSizeWhenHidden(True)
        body.setSizePolicy(keeps_place)
        self._layout.addWidget(body, 1)
        self._emphasis = Emphasis(body, self.theme)

    def _keep_least(self) -> None:
        if self._body is not None:
            self._body.setMinimumSize(*(self.theme.px(length) for length in LEAST_BODY))

    def fit_body(self, height: int) -> None:
        """Leave out what the body can do without where it is low.

        Parameters
        ----------
        height
            The body's, in designed pixels: those of ordinary type.
        """

    @property
    def subtitle(self) -> str:
        """The soft words after the title, all of them."""
        return self._header.subtitle

    def set_subtitle(self, text: str) -> None:
        """Change the soft words after the title."""
        self._subtitle = text
        watched = OF_WATCHED_TEXT if self._is_watched else ""
        behind = "" if self._behind is None else f"of step {self._behind:,}, "
        self._header.set_subtitle(watched + behind + text)

    def place_of(self, found: Found) -> QPointF | None:
        """Return where a finding can be seen, in the body's pixels; None for all of the body."""
        return None

    def point_out(self, own: Found | None, of_rivals: Sequence[Found]) -> None:
        """Mark where findings can be seen, and say what they are.

        Where there is nothing to be seen of them, leave the attention to other panels.

        Parameters
        ----------
        own
            What was found of the run in front.
        of_rivals
            What was found of others, one each, for panels that compare.
        """
        if self._emphasis is not None:
            self._emphasis.point_out(self.marks_of(own, of_rivals), self.places_of_words)

    def places_of_words(self) -> Sequence[QRectF]:
        """Return where the body says what is what, in its pixels."""
        return ()

    def marks_of(self, own: Found | None, of_rivals: Sequence[Found]) -> list[Mark]:
        """Return what is marked of findings; see `point_out`."""
        found = [] if own is None else [own]
        return [Mark(partial(self.place_of, one), finding_words(one.finding)) for one in found]

    def stand_as_usual(self) -> None:
        """Point nothing out, and stand beside the others as their equal."""
        if self._emphasis is not None:
            self._emphasis.clear()

    def set_waiting(self, waiting: bool) -> None:
        """Show no body while what belongs there is still to be measured."""
        if self._body is not None and waiting == self._body.isVisibleTo(self):
            self._body.setVisible(not waiting)

    def say_behind(self, step: int | None) -> None:
        """Say of which step the picture is, where training has gone on; None where it has not."""
        if step != self._behind:
            self._behind = step
            self.set_subtitle(self._subtitle)

    @property
    def of_step(self) -> int | None:
        """Of which step all of it is, where that is said; None of the newest, or of several."""
        return self._behind

    def say_watched(self, is_watched: bool) -> None:
        """Say whether the picture is of the watched text, and not of the next window."""
        if is_watched != self._is_watched:
            self._is_watched = is_watched
            self.set_subtitle(self._subtitle)
            self.setAccessibleDescription(self.explanation)

    def add_header_widget(self, widget: QWidget, *, stretch: int = 0) -> None:
        """Put a control into the title row, to the left of the panel's own buttons."""
        self._header.add_widget(widget, stretch)

    def take_header(self) -> QWidget:
        """Give the title row away, to be the title bar by which a dock is dragged.

        Exports still show it above the body.
        """
        self._layout.removeWidget(self._header)
        self._header.setParent(None)
        self._header.setProperty("card_part", "top")
        self.setProperty("card", False)
        self.setProperty("card_part", "bottom")
        self._header.say_draggable()
        self._restyle()
        return self._header

    @property
    def export_size(self) -> QSize:
        """The size of the title row and the body together."""
        above = 0 if self._has_header else self._header.height()
        return QSize(self.width(), self.height() + above)

    @property
    def _has_header(self) -> bool:
        return self._layout.indexOf(self._header) >= 0

    def set_expanded(self, expanded: bool) -> None:
        """Say whether the panel fills the window at present; only its button changes."""
        self._header.set_expanded(expanded)

    def show_key(self, key: str) -> None:
        """Say which key puts the panel on the stage of a presentation; empty outside of one."""
        self._header.show_key(key)

    def csv(self) -> str:
        """Return the panel's data as CSV; the plot's, unless a panel knows better."""
        return "" if self.plot_view is None else self.plot_view.to_csv()

    def export_csv(self) -> str:
        """Return what is saved as CSV: the panel's data, or those of all runs that are shown."""
        return self.csv()

    def render_body(self, painter: QPainter) -> None:
        """Paint the body for a picture, at its own origin."""
        if isinstance(self._body, PlotView):
            self._body.paint_export(painter)
        elif self._body is not None:
            # Without the window's background, which is not the card's.
            self._body.render(painter, QPoint(0, 0), QRegion(), QWidget.RenderFlag.DrawChildren)

    def paint_export(self, painter: QPainter) -> None:
        """Paint the panel for a file: title, subtitle and body, without the buttons."""
        painter.fillRect(QRect(QPoint(), self.export_size), self.theme.palette.color("panel"))
        self._header.paint_words(painter, self._header.pos() if self._has_header else QPoint())
        painter.save()
        painter.translate(0, 0 if self._has_header else self._header.height())
        self.paint_body(painter, self)
        painter.restore()

    def paint_body(self, painter: QPainter, within: QWidget) -> None:
        """Paint the body for a picture, where it stands in a widget around it."""
        if self._body is not None:
            painter.save()
            painter.translate(self._body.mapTo(within, QPoint()))
            self.render_body(painter)
            painter.restore()

    def _explain(self) -> None:
        popover = Popover(self.theme, self.title, self.explanation, self)
        corner = self._header.mapToGlobal(QPoint(0, 0))
        explained = QRect(corner, self.mapToGlobal(self.rect().bottomRight()))
        popover.show_beside(explained, self.screen().availableGeometry())

    def _restyle(self) -> None:
        # The corners are round: nothing square may stand in them.
        left, right = self.theme.px(6), self.theme.px(4)
        self._layout.setContentsMargins(left, 0, right, self.theme.px(_BELOW))
        self._header.restyle(*((left, right) if self._has_header else (0, 0)))
        self._keep_least()
        self._fit_body()

    # -- what the person does -----------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the body leave out, or show again, what is not essential."""
        super().resizeEvent(event)
        self.room_changed.emit()
        self._fit_body()

    def _fit_body(self) -> None:
        if self._body is None:
            return
        room = self.height() - self.theme.px(_BELOW)
        if self._has_header:
            room -= self._header.height()
        self.fit_body(int(room / self.theme.px(100) * 100))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the exports where the person clicked."""
        self.exports.menu.popup(event.globalPos())
