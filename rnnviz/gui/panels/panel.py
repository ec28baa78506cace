"""The frame that every panel shares: its title, its explanation, its exports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetricsF,
    QGuiApplication,
    QMouseEvent,
    QPainter,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rnnviz.core.cells import CELLS
from rnnviz.gui.controls.state_chooser import StateChooser
from rnnviz.gui.plotting.axis import Axis
from rnnviz.gui.plotting.export import (
    ExportError,
    picture,
    png_bytes,
    svg_bytes,
    write_atomically,
)
from rnnviz.gui.plotting.plot_view import PlotView
from rnnviz.gui.popover import Popover
from rnnviz.gui.theme import Theme
from rnnviz.gui.wording import has_long_tokens, in_tokens
from rnnviz.training.commands import Diagnostic
from rnnviz.training.configuration import Configuration
from rnnviz.training.snapshot import Snapshot

_MARGIN, _BELOW = 14, 8
LEAST_BODY = 64
"""How low a body may become, in pixels: twelve panels stand in two columns at 1280 x 800."""


class _Header(QFrame):
    """A title row; what it does not use itself, such as dragging, passes on to its parent."""

    double_clicked = Signal()
    menu_wanted = Signal(QPoint)
    resized = Signal()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Keep the double click: a dock would float away on it."""
        self.double_clicked.emit()
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the exports where the person clicked."""
        self.menu_wanted.emit(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say that there is other room now."""
        super().resizeEvent(event)
        self.resized.emit()


class _Subtitle(QLabel):
    """Soft words that say when their room changes: what stands beside them comes and goes."""

    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say that there is other room now."""
        super().resizeEvent(event)
        self.resized.emit()


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
        The answer to "What am I looking at?", in paragraphs separated by empty lines. It calls the
        tokens characters; `speak_of` makes of them what they are.
    parent
        The widget that holds it.

    Signals
    -------
    expand_requested()
        The person wants the panel to fill the window, or to go back.
    export_failed(str)
        A file could not be written; one sentence says why.
    header_resized()
        The title row, and with it the panel, has another width.
    watch_changed()
        `also_watches` is something else.
    """

    expand_requested = Signal()
    export_failed = Signal(str)
    header_resized = Signal()
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
        self._subtitle = subtitle
        self._explanation = explanation
        self._level = "character"
        self._body: QWidget | None = None
        self._expanded = False
        self.setObjectName(object_name)
        self.setAccessibleName(title)
        self.setAccessibleDescription(explanation)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("card", True)
        self._layout = QVBoxLayout(self)
        self._build_header()
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
    def also_watches(self) -> frozenset[Diagnostic]:
        """What snapshots should carry besides the panel's own diagnostic while it is seen."""
        return frozenset()

    def show_snapshot(self, snapshot: Any) -> None:
        """Show what a snapshot carries; a panel does this and nothing else."""
        raise NotImplementedError

    @property
    def explanation(self) -> str:
        """The answer to "What am I looking at?"."""
        return in_tokens(self._level, self._explanation)

    @property
    def level(self) -> str:
        """What the tokens are: ``character``, ``word`` or ``time step``."""
        return self._level

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
        body.setMinimumHeight(LEAST_BODY)
        self._layout.addWidget(body, 1)

    def fit_body(self, height: int) -> None:
        """Leave out what the body can do without where it is low.

        Parameters
        ----------
        height
            The body's, in designed pixels: those of ordinary type.
        """

    def set_subtitle(self, text: str) -> None:
        """Change the soft words after the title."""
        if text != self._subtitle:
            self._subtitle = text
            self._elide()

    def add_header_widget(self, widget: QWidget, *, stretch: int = 0) -> None:
        """Put a control into the title row, to the left of the panel's own buttons."""
        index = self._header_layout.indexOf(self._help)
        self._header_layout.insertWidget(index, widget, stretch)

    def take_header(self) -> QWidget:
        """Give the title row away, to be the title bar by which a dock is dragged.

        Exports still show it above the body.
        """
        self._layout.removeWidget(self._header)
        self._header.setParent(None)
        self._header.setProperty("card_part", "top")
        self.setProperty("card", False)
        self.setProperty("card_part", "bottom")
        self._title_label.setToolTip("Drag to move; double-click to fill the window")
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
        if expanded == self._expanded:
            return
        self._expanded = expanded
        words = "Show all panels again" if expanded else f"Fill the window with {self.title}"
        self._expand.setAccessibleName(words)
        self._expand.setToolTip(words)
        self._restyle()

    def csv(self) -> str:
        """Return the panel's data as CSV; the plot's, unless a panel knows better."""
        return "" if self.plot_view is None else self.plot_view.to_csv()

    def render_body(self, painter: QPainter) -> None:
        """Paint the body for a picture, at its own origin."""
        if isinstance(self._body, PlotView):
            self._body.paint_export(painter)
        elif self._body is not None:
            # Without the window's background, which is not the card's.
            self._body.render(painter, QPoint(0, 0), QRegion(), QWidget.RenderFlag.DrawChildren)

    # -- exports ------------------------------------------------------------------------------

    def paint_export(self, painter: QPainter) -> None:
        """Paint the panel for a file: title, subtitle and body, without the buttons."""
        palette = self.theme.palette
        painter.fillRect(QRect(QPoint(0, 0), self.export_size), palette.color("panel"))
        origin = self._header.pos() if self._has_header else QPoint(0, 0)
        for label in (self._title_label, self._subtitle_label):
            place = origin + label.pos()
            full = self.title if label is self._title_label else self._subtitle
            painter.setFont(label.font())
            painter.setPen(palette.color("ink" if label is self._title_label else "soft"))
            baseline = place.y() + (label.height() + painter.fontMetrics().ascent()) // 2 - 1
            painter.drawText(place.x() + max(label.indent(), 0), baseline, full)
        if self._body is not None:
            painter.save()
            above = 0 if self._has_header else self._header.height()
            painter.translate(self._body.pos() + QPoint(0, above))
            self.render_body(painter)
            painter.restore()

    def copy_image(self) -> None:
        """Put a picture of the panel on the clipboard."""
        QGuiApplication.clipboard().setImage(picture(self.paint_export, self.export_size))

    def save_png(self, path: Path | str) -> bool:
        """Write a picture of the panel; return whether that was possible."""
        return self._export(
            lambda: write_atomically(path, png_bytes(self.paint_export, self.export_size))
        )

    def save_svg(self, path: Path | str) -> bool:
        """Write the panel as SVG; return whether that was possible."""

        def write() -> None:
            dpi = self.logicalDpiX()
            write_atomically(path, svg_bytes(self.paint_export, self.export_size, self.title, dpi))

        return self._export(write)

    def save_csv(self, path: Path | str) -> bool:
        """Write the panel's data; return whether that was possible."""
        return self._export(lambda: write_atomically(path, self.csv().encode("utf-8")))

    def _export(self, write: Callable[[], None]) -> bool:
        try:
            write()
        except ExportError as error:
            self.export_failed.emit(str(error))
            return False
        return True

    def _ask_and_save(self, kind: str, save: Callable[[str], bool]) -> None:
        name = f"{self.objectName().removesuffix('_panel')}.{kind}"
        path, _ = QFileDialog.getSaveFileName(
            self, f"Save {self.title} as {kind.upper()}", name, f"{kind.upper()} (*.{kind})"
        )
        if path:
            save(path if Path(path).suffix else f"{path}.{kind}")

    # -- the title row ------------------------------------------------------------------------

    def _build_header(self) -> None:
        self._header = _Header()
        self._header.double_clicked.connect(self.expand_requested)
        self._header.menu_wanted.connect(self._offer_exports)
        self._header.resized.connect(self._header_resized)
        self._header.setObjectName(f"{self.objectName()}_header")
        self._title_label = QLabel(self.title)
        self._subtitle_label = _Subtitle(self._subtitle)
        self._subtitle_label.resized.connect(self._elide)
        self._subtitle_label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._title_label.setProperty("words", "title")
        self._subtitle_label.setProperty("words", "small")
        self._help = self._button("help", f"What am I looking at? ({self.title})", self._explain)
        self._help.setVisible(bool(self._explanation))
        self._more = self._button("more", f"Copy or save {self.title}", None)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setMenu(self._export_menu())
        self._expand = self._button(
            "expand", f"Fill the window with {self.title}", self.expand_requested.emit
        )
        layout = self._header_layout = QHBoxLayout(self._header)
        layout.addWidget(self._title_label)
        layout.addWidget(self._subtitle_label, 1)
        for button in (self._help, self._more, self._expand):
            layout.addWidget(button)

    def _button(self, part: str, name: str, act: Callable[[], None] | None) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"{self.objectName()}_{part}")
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setProperty("flat", True)
        button.setProperty("tiny", True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if act is not None:
            button.clicked.connect(lambda: act())
        return button

    def _export_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName(f"{self.objectName()}_export_menu")
        actions = (
            ("copy_image", "Copy image", self.copy_image),
            ("save_png", "Save PNG…", lambda: self._ask_and_save("png", self.save_png)),
            ("save_svg", "Save SVG…", lambda: self._ask_and_save("svg", self.save_svg)),
            ("save_csv", "Save CSV…", lambda: self._ask_and_save("csv", self.save_csv)),
        )
        for name, text, act in actions:
            action = menu.addAction(text)
            action.setObjectName(f"{self.objectName()}_{name}")
            action.triggered.connect(lambda _checked=False, act=act: act())
        return menu

    def _explain(self) -> None:
        popover = Popover(self.theme, self.title, self.explanation, self)
        popover.show_below(self._help)

    def _restyle(self) -> None:
        theme = self.theme
        self._title_label.setFont(theme.font("title"))
        self._subtitle_label.setFont(theme.font("small"))
        expand = "collapse" if self._expanded else "expand"
        for button, icon in ((self._help, "help"), (self._more, "more"), (self._expand, expand)):
            button.setIcon(theme.icon(icon, "faint", "ink", 16))
            button.setIconSize(QSize(theme.px(16), theme.px(16)))
        margin = theme.px(_MARGIN)
        # Within the card's layout the card's own margins are added.
        left, right = (theme.px(6), theme.px(4)) if self._has_header else (0, 0)
        self._header_layout.setContentsMargins(
            margin - left, theme.px(8), theme.px(8) - right, theme.px(2)
        )
        self._header_layout.setSpacing(theme.px(2))
        # The corners are round: nothing square may stand in them.
        self._layout.setContentsMargins(theme.px(6), 0, theme.px(4), theme.px(_BELOW))
        self._elide()
        self._fit_body()

    def _elide(self) -> None:
        """Fit the subtitle into its room; done here, so that no label is painted by Python."""
        room = self._subtitle_label.width() - self.theme.px(6)
        metrics = QFontMetricsF(self._subtitle_label.font())
        text = metrics.elidedText(self._subtitle, Qt.TextElideMode.ElideRight, max(room, 0))
        if len(text) < len(self._subtitle) / 2:
            # The first words of a sentence tell nothing.
            text = ""
        self._subtitle_label.setText(text)
        self._subtitle_label.setToolTip(self._subtitle if text != self._subtitle else "")
        self._subtitle_label.setAccessibleName(self._subtitle)
        self._subtitle_label.setIndent(self.theme.px(6))
        self._subtitle_label.setVisible(bool(self._subtitle))

    # -- what the person does -----------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the body leave out, or show again, what is not essential."""
        super().resizeEvent(event)
        self._fit_body()

    def _fit_body(self) -> None:
        if self._body is None:
            return
        room = self.height() - self.theme.px(_BELOW)
        if self._has_header:
            room -= self._header.height()
        self.fit_body(int(room / self.theme.px(100) * 100))

    def _header_resized(self) -> None:
        self._header_layout.activate()
        self._elide()
        self.header_resized.emit()

    def _offer_exports(self, place: QPoint) -> None:
        menu = self._more.menu()
        if menu is not None:
            menu.popup(place)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the exports where the person clicked."""
        self._offer_exports(event.globalPos())


class PlotPanel(Panel):
    """A panel whose body is one plot.

    Parameters
    ----------
    theme, object_name, title, subtitle, explanation, parent
        As a `Panel` has them.
    x, y
        What the plot's axes mean.
    plot_title
        What the plot shows, for people who cannot see it.

    Attributes
    ----------
    view
        The plot.
    """

    def __init__(
        self,
        theme: Theme,
        *,
        object_name: str,
        title: str,
        subtitle: str,
        explanation: str,
        x: Axis,
        y: Axis,
        plot_title: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            theme,
            object_name=object_name,
            title=title,
            subtitle=subtitle,
            explanation=explanation,
            parent=parent,
        )
        plot_name = object_name.replace("_panel", "_plot")
        self.view = PlotView(theme, x=x, y=y, object_name=plot_name, title=plot_title)
        self._run = -1
        self.set_body(self.view)

    def begins_run(self, snapshot: Snapshot) -> bool:
        """Return whether this is the first snapshot of a run, for which the ranges begin anew."""
        if snapshot.run_id == self._run:
            return False
        self._run = snapshot.run_id
        self.speak_of(snapshot.configuration.token)
        self.view.reset_ranges()
        return True


class StatePanel(PlotPanel):
    """A plot of one layer's states, chosen in its title row; a subclass says how they are drawn.

    Parameters
    ----------
    theme
        Colours and type.
    flow
        Whether they are shown as they flow forward, or their gradients as they come back.
    several, switch, more_switches
        Whether the states of an LSTM can be shown together, and what besides; see `StateChooser`.
    more
        As a `PlotPanel` has them.
    """

    def __init__(
        self,
        theme: Theme,
        *,
        flow: Literal["forward", "backward"],
        several: bool = False,
        switch: tuple[str, str, str] | None = None,
        more_switches: tuple[tuple[str, str, str], ...] = (),
        **more: Any,
    ) -> None:
        super().__init__(theme, **more)
        self.chooser = StateChooser(
            self.objectName(),
            several=several,
            switch=switch,
            more_switches=more_switches,
            flow=flow,
        )
        self.chooser.chosen.connect(self.show_again)
        self.add_header_widget(self.chooser)
        self._latest: Snapshot | None = None

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Offer the states that the network has, and draw those that were chosen."""
        self._latest = snapshot
        configuration = snapshot.configuration
        self.chooser.offer(configuration.num_layers, self.offered(configuration))
        self.show_states(snapshot)

    def offered(self, configuration: Configuration) -> tuple[str, ...]:
        """Return the names of what can be chosen of a layer: the cell's states."""
        return CELLS[configuration.cell].state_names

    def show_tokens(self, snapshot: Snapshot) -> None:
        """Label the time axis with what the network read."""
        if snapshot.window is not None:
            are_long = has_long_tokens(snapshot.configuration)
            self.view.set_characters(list(snapshot.window.characters), are_words=are_long)

    def show_again(self) -> None:
        """Draw the latest snapshot once more: something else of it was chosen."""
        if self._latest is not None:
            self.show_states(self._latest)

    def show_states(self, snapshot: Snapshot) -> None:
        """Draw the chosen states as far as the snapshot carries them."""
        raise NotImplementedError
