"""Panels that show all runs that are compared side by side: small multiples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import ClassVar, Self, cast

from PySide6.QtCore import QObject
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from rnnviz.gui.panels.base.multiples_grid import Caption, MultiplesGrid
from rnnviz.gui.panels.base.panel import Panel
from rnnviz.gui.panels.base.plot_panel import LayerPanel
from rnnviz.gui.panels.base.read_text import ReadToken
from rnnviz.gui.panels.base.shown_run import Found, ShownRun
from rnnviz.gui.plotting import SharedAxis
from rnnviz.gui.plotting.view.export import joined_csv
from rnnviz.gui.plotting.view.frame import BarShown
from rnnviz.gui.style.palette import Flow
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.widgets.emphasis import Mark
from rnnviz.gui.wording.claims import finding_words
from rnnviz.training.configuration import Configuration
from rnnviz.training.snapshot import RunState, Snapshot


class SmallMultiples(Panel):
    """A panel that shows the run in front, and beside it every rival in the same way.

    Each rival is shown by a *guest*: another panel of the same kind without a title row, for which
    this one is the *host*. What is chosen in the host's title row holds for all. So a kind of panel
    that can be made from a theme alone needs to do nothing else to compare runs. With one run there
    is neither a guest nor a grid.
    """

    compares: ClassVar[bool] = True

    flow: ClassVar[Flow] = "forward"
    """The family of colours in which its runs are told apart."""

    least_cell: ClassVar[tuple[int, int]] = (104, 130)
    """How narrow and how low the place of a run may become, in designed pixels, with its caption:
    a plot can be narrow, a text low."""

    host: Self | None = None
    """The panel that has the title row; None where it is this one."""

    _grid: MultiplesGrid | None = None
    _guests: dict[str, Self]
    _compared: tuple[ShownRun, ...] = ()
    _seen: Snapshot | None = None
    _spoken: str = ""

    # -- for subclasses -----------------------------------------------------------------------

    @property
    def of_one_run(self) -> QWidget | None:
        """The widget that there is one of for each run: the body, or a part of it."""
        return self._body

    @property
    def guests(self) -> tuple[Self, ...]:
        """The panels of the rivals."""
        return () if self._grid is None else tuple(self._guests.values())

    @property
    def side_by_side(self) -> tuple[Self, ...]:
        """The panels of all runs that are compared, the host first."""
        host = self.host or self
        return (host, *host.guests)

    @property
    def is_compared(self) -> bool:
        """Whether it shows one of several runs."""
        return len(self.side_by_side) > 1

    @property
    def spare(self) -> float:
        """How many pixels it takes what is shown once for the runs of a row, at its end."""
        return 0.0

    def end_row(self, ends: bool) -> None:
        """Show that, or leave it to another run's panel: stand at a row's end, or before it."""

    def join(self, host: Self) -> None:
        """Become a guest: show one run and no title row."""
        self.host = host
        self.token_pointed.connect(host.token_pointed)
        header = self.take_header()
        header.setParent(self)
        header.hide()
        self.setProperty("card_part", None)
        self._restyle()

    # -- showing runs -------------------------------------------------------------------------

    def show_runs(self, front: ShownRun, compared: Sequence[ShownRun]) -> None:
        """Show the run in front, and its rivals beside it; see `Panel.show_runs`."""
        if len(compared) > 1 or self._grid is not None:
            self._stand(front, compared)
        self.show_snapshot(front.snapshot)
        if self._grid is not None:
            for run in self._compared:
                if run.identity in self._guests:
                    self._guests[run.identity].show_run(run)

    def show_run(self, run: ShownRun) -> None:
        """Show a rival, as a guest."""
        if run.snapshot is not self._seen:
            self._seen = run.snapshot
            self.say_whose(run.name)
            self.show_snapshot(run.snapshot)
            self.set_waiting(self.lacks(run.snapshot))

    def say_whose(self, name: str) -> None:
        """Tell people who cannot see the captions whose it is; nothing where it is alone."""
        widget = self.plot_view or self.of_one_run
        if widget is not None:
            self._spoken = self._spoken or widget.accessibleName()
            widget.setAccessibleName(", ".join(filter(None, (self._spoken, name))))

    def _stand(self: Self, front: ShownRun, compared: Sequence[ShownRun]) -> None:
        """Have a panel for every run, in the order of the runs."""
        grid = self._new_grid() if self._grid is None else self._grid
        self._compared = tuple(compared)
        rivals = [run.identity for run in compared if run.identity != front.identity]
        free = [self._guests.pop(i) for i in self._guests.keys() - set(rivals)]
        for identity in rivals:
            if identity not in self._guests:
                # One that has lost its run takes another.
                self._guests[identity] = free.pop() if free else self._new_guest()
        steps = [self.step_of(run.snapshot) for run in compared]
        # While they train they are of the same step only by chance: words must not come and go.
        differ = len(set(steps)) > 1 or any(
            run.snapshot.state is RunState.RUNNING for run in compared
        )
        captions = [
            Caption(
                run.name,
                run.sign,
                step if differ and not run.says_step else None,
                run.identity == front.identity,
            )
            for run, step in zip(compared, steps, strict=True)
        ]
        own = self.of_one_run
        assert own is not None
        self.say_whose(front.name if rivals else "")
        contents = [self._guests.get(run.identity, own) for run in compared]
        grid.show_all(list(zip(contents, captions, strict=True)), self.spare)

    def _laid_out(self) -> None:
        self._fit_body()
        for cell in () if self._grid is None else self._grid.shown:
            panel = self if cell.content is self.of_one_run else cast("Self", cell.content)
            panel.end_row(cell.ends_row)

    def _new_grid(self) -> MultiplesGrid:
        """Put a grid where one run was shown alone."""
        own = self.of_one_run
        around = None if own is None else own.parentWidget()
        layout = None if around is None else around.layout()
        assert own is not None
        assert layout is not None
        grid = self._grid = MultiplesGrid(self.theme, self.flow, self.least_cell)
        self._guests = {}
        layout.replaceWidget(own, grid)
        grid.show()
        grid.laid_out.connect(self._laid_out)
        self._keep_least()
        # In its place before anything is drawn in it.
        self._layout.activate()
        layout.activate()
        return grid

    def _new_guest(self) -> Self:
        guest = cast("Callable[[Theme], Self]", type(self))(self.theme)
        guest.join(self)
        taken = {other.objectName() for other in self._guests.values()}
        names = (f"_{number}" for number in range(2, len(taken) + 3))
        ending = next(e for e in names if f"{self.objectName()}{e}" not in taken)
        parts: list[QObject] = [guest, *guest.findChildren(QObject)]
        for part in parts:
            if part.objectName() and not part.objectName().startswith("qt_"):
                part.setObjectName(f"{part.objectName()}{ending}")
        return guest

    # -- as a panel ---------------------------------------------------------------------------

    @property
    def _beside(self) -> tuple[Self, ...]:
        """The guests that stand beside the body, and not within it."""
        return self.guests if self._is_of_one_run else ()

    @property
    def _is_of_one_run(self) -> bool:
        """Whether all of the body is of one run, and not a part of it."""
        return self.of_one_run is self._body

    @property
    def pointed_token(self) -> ReadToken | None:
        """The token that the pointer means in one of them; see `Panel.pointed_token`."""
        of_guests = (guest.pointed_token for guest in self.guests)
        return super().pointed_token or next(filter(None, of_guests), None)

    def mark_token(self, token: ReadToken | None) -> None:
        """Mark a token in all that show its text; see `Panel.mark_token`."""
        super().mark_token(token)
        for guest in self.guests:
            guest.mark_token(token)

    def point_out(self, own: Found | None, of_rivals: Sequence[Found]) -> None:
        """Mark each run's finding in its own place; see `Panel.point_out`."""
        super().point_out(own, of_rivals)
        found = {one.run.identity: one for one in of_rivals}
        for identity, guest in self._guests.items() if self._beside else ():
            guest.point_out(found.get(identity), ())

    def marks_of(self, own: Found | None, of_rivals: Sequence[Found]) -> list[Mark]:
        """Mark all of the body where it shows all runs, and say whose each finding is."""
        if not self.is_compared or self._is_of_one_run:
            return super().marks_of(own, of_rivals)
        found = [*([own] if own else []), *of_rivals]
        words = [finding_words(one.finding, one.run.name) for one in found]
        return [Mark(lambda: None, "\n".join(words))] if found else []

    def stand_as_usual(self) -> None:
        """Point nothing out, of no run; see `Panel.stand_as_usual`."""
        super().stand_as_usual()
        for guest in self._beside:
            guest.stand_as_usual()

    def say_behind(self, step: int | None) -> None:
        """Say of which step the picture is; of several, each caption says it."""
        super().say_behind(None if self.is_compared else step)

    def export_csv(self) -> str:
        """Return the data of all runs below each other, with the run and its step beside them."""
        if not self.is_compared:
            return super().export_csv()
        count: Counter[str] = Counter()
        tables = []
        for run in self._compared:
            count[run.name] += 1
            nth = count[run.name]
            panel = self._guests.get(run.identity, self)
            of_run = {
                "run": run.name if nth == 1 else f"{run.name} ({nth})",
                "of step": str(self.step_of(run.snapshot)),
            }
            tables.append((of_run, panel.csv()))
        return joined_csv(tables)

    def paint_body(self, painter: QPainter, within: QWidget) -> None:
        """Paint the bodies of all runs that are seen, with their captions."""
        super().paint_body(painter, within)
        if self._grid is not None and self.of_one_run is self._body:
            self._grid.paint_words(painter, within)
            for guest in self.guests:
                if guest.isVisibleTo(self._grid):
                    guest.paint_body(painter, within)

    def _keep_least(self) -> None:
        """Let the grid, and not what stands in it, be as large as a body at least."""
        super()._keep_least()
        if self._body is None:
            return
        if self._grid is not None and self.of_one_run is self._body:
            self._grid.setMinimumSize(self._body.minimumSize())
        elif self.host is None:
            return
        for widget in (self._body, self.plot_view):
            if widget is not None:
                widget.setMinimumSize(1, 1)

    def _fit_body(self) -> None:
        around = self if self.host is not None else self._body
        if around is None or (self.host is None and self._grid is None):
            super()._fit_body()
        else:
            self.fit_body(int(around.height() / self.theme.px(100) * 100))

    def _restyle(self) -> None:
        super()._restyle()
        if self.host is not None:
            self._layout.setContentsMargins(0, 0, 0, 0)


class LayerMultiples(SmallMultiples, LayerPanel):
    """Small multiples of one layer's states.

    The title row offers what any of the runs has; a run that has not says so in its place. What a
    person looks at along x in one is looked at in all.
    """

    _looked_at: SharedAxis | None = None

    def join(self, host: Self) -> None:
        """Show what is chosen in the host's title row, and the part that is looked at there."""
        super().join(host)
        if host._looked_at is None:
            # The same place may be another token: which ones are marked, the tokens say.
            host._looked_at = SharedAxis([host.view], host, marks=False)
        host._looked_at.join(self.view)
        self.chooser = host.chooser
        self.chooser.chosen.connect(self.show_again)

    def offer_states(self, configuration: Configuration) -> None:
        """Offer what any of the runs has; where others come or go, the choice stays."""
        if self.host is not None:
            return
        if not self.is_compared:
            self.chooser.offer(
                configuration.num_layers,
                self.offered(configuration),
                keeps=self._grid is not None,
            )
            return
        configurations = [run.snapshot.configuration for run in self._compared]
        states: dict[str, str] = {}
        for one in configurations:
            states |= self.offered(one)
        self.chooser.offer(max(one.num_layers for one in configurations), states, keeps=True)

    @property
    def spare(self) -> float:
        """How many pixels the bar takes that tells what the colours mean."""
        return self.view.color_bar_room if self.is_compared else 0.0

    def end_row(self, ends: bool) -> None:
        """Show the bar at the end of a row: the colours mean the same in all of them."""
        at_end: BarShown = "always" if self.is_compared else "with data"
        self.view.show_color_bar(at_end if ends else "never")

    def show_again(self) -> None:
        """Draw the latest snapshot once more, or say what its run has not got."""
        missing = self.missing
        self.view.set_empty_message(missing or None)
        if missing:
            self.set_subtitle(self.chooser.words)
        else:
            super().show_again()

    def csv(self) -> str:
        """Return the data; nothing of what the run has not got."""
        return "" if self.missing else super().csv()

    @property
    def missing(self) -> str:
        """What was chosen that the run has not got, in words; empty where it has all of it."""
        if self._latest is None:
            return ""
        configuration = self._latest.configuration
        if self.chooser.layer >= configuration.num_layers:
            return f"no layer {self.chooser.layer + 1}"
        states = self.offered(configuration)
        return ", ".join(
            f"no {words}"
            for name, words in self.chooser.chosen_states.items()
            if name not in states
        )
