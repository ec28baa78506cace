"""What the plots cost, in milliseconds of Python for each update, and how they look.

Run by hand: ``python tests/benchmarks/painting.py`` prints the costs, ``--show`` opens a window of
six plots with invented data, ``--save FILE.png`` draws that window into a file.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QGridLayout, QPushButton, QWidget

from rnnviz.gui.panels.base.panel import Panel
from rnnviz.gui.plotting import Axis, PlotView
from rnnviz.gui.style.theme import ColorScheme, Theme

TEXT = "the old miller who sings "
RNG = np.random.default_rng(1)


def loss_panel(theme: Theme) -> tuple[Panel, Callable[[int], None]]:
    """Return a loss panel and what moves it."""
    panel = Panel(
        theme,
        object_name="loss_panel",
        title="Loss",
        subtitle="nats per character",
        explanation="How surprised the network is by each next character.\n\nLower is better.",
    )
    plot = PlotView(theme, x=Axis(label="training step", whole=True), y=Axis(unit="nats"))
    band = plot.add_band("every step", "forward_band")
    curve = plot.add_curve("training", "forward", label="training")
    validation = plot.add_curve(
        "validation", "forward", width=2, style="dotted", label="validation"
    )
    levels = {"uniform guess": 3.5, "letter frequencies": 2.85, "letter pairs": 2.3}
    levels["true entropy"] = 0.93
    for name, value in levels.items():
        plot.add_horizontal_line(name, "faint", label=name).set_value(value)
    panel.set_body(plot)
    noise = RNG.uniform(0.2, 1, (2, 1000)) * 0.4

    def show(step: int) -> None:
        x = np.linspace(0, max(step, 10), 1000)
        y = 1.55 + 3 * np.exp(-x / 1500)
        plot.set_x_range(0, x[-1])
        plot.set_y_range(0, 4.6)
        band.set_data(x, y - noise[0], y + noise[1])
        curve.set_data(x, y)
        validation.set_data(x[::40], y[::40] + 0.2 + 0.05 * np.sin(x[::40] / 400))

    return panel, show


def gradient_panel(theme: Theme) -> tuple[Panel, Callable[[int], None]]:
    """Return a gradient panel and what moves it."""
    panel = Panel(
        theme,
        object_name="gradient_panel",
        title="Gradient through time",
        subtitle="how much of the last error reaches each earlier step",
        explanation="The norm of the last loss's gradient at every earlier step.",
    )
    total = QPushButton("all losses")
    last = QPushButton("last step only")
    for button, place in ((last, "first"), (total, "last")):
        button.setCheckable(True)
        button.setProperty("segment", place)
        button.setProperty("flow", "backward")
        button.setProperty("tiny", True)
        panel.add_header_widget(button)
    last.setChecked(True)
    plot = PlotView(theme, x=Axis(label="", whole=True), y=Axis("log"))
    everything = plot.add_curve("all losses together", "backward_band", label="all losses together")
    bound = plot.add_curve("bound", "faint", width=1, style="dashed", label="bound on it")
    curve = plot.add_curve(
        "from the last step only", "backward", markers=True, label="from the last step only"
    )
    plot.set_note("characters of the window", "bottom_left")
    plot.set_note("◂ back through time", "bottom_right", "backward")
    panel.set_body(plot)
    x = np.arange(25)

    def show(step: int) -> None:
        text = (TEXT * 3)[step % 25 :][:25]
        y = 10.0 ** (-10.3 * (1 - x / 24)) * 10 ** (0.4 * np.sin(x + step / 3))
        plot.set_x_range(-0.5, 24.5, steady=False)
        plot.set_y_range(1e-12, 1)
        plot.set_characters(list(text))
        curve.set_data(x, np.minimum(y, 1))
        everything.set_data(x, 10 ** (-0.3 + 0.3 * np.sin(2.1 * x + step / 5)))
        bound.set_data(x, 10.0 ** (-5 * (1 - x / 24)))

    return panel, show


def hidden_panel(theme: Theme) -> tuple[Panel, Callable[[int], None]]:
    """Return a hidden state panel and what moves it."""
    panel = Panel(
        theme,
        object_name="hidden_panel",
        title="Hidden state",
        subtitle="100 units, one column a character",
        explanation="Every unit's value after every character.",
    )
    plot = PlotView(
        theme,
        x=Axis(name="time step", whole=True),
        y=Axis("inverted", name="unit", whole=True, ends=True),
    )
    heat = plot.add_heat_map("hidden state", "signed")
    plot.set_note("reads left to right ▸", "bottom_left", "forward")
    panel.set_body(plot)
    base = np.linspace(-2.5, 2.5, 100)[:, None]

    def show(step: int) -> None:
        wave = np.sin(np.arange(25) * 0.7 + step / 9)
        values = np.tanh(base + RNG.normal(0, 0.9, (100, 25)) + wave)
        plot.set_x_range(-0.5, 24.5, steady=False)
        plot.set_y_range(0.5, 100.5, steady=False)
        plot.set_characters(list((TEXT * 3)[step % 25 :][:25]))
        heat.set_data(values, (-0.5, 24.5, 0.5, 100.5))

    return panel, show


def history_panel(theme: Theme) -> tuple[Panel, Callable[[int], None]]:
    """Return a gradient history panel and what moves it."""
    panel = Panel(
        theme,
        object_name="gradient_history_panel",
        title="Gradient history",
        subtitle="log₁₀ of the norm, every training step",
        explanation="Each column is one training step's gradient, sent back through time.",
    )
    plot = PlotView(
        theme,
        x=Axis(label="training step", whole=True),
        y=Axis("inverted", "steps back", whole=True, ends=True),
    )
    heat = plot.add_heat_map(
        "gradient norm", "magnitude", levels=(1e-9, 1.0), value_axis=Axis("log", floor=1e-9)
    )
    panel.set_body(plot)
    reach = RNG.uniform(0.25, 0.9, 512)
    values = 10.0 ** (-np.arange(25)[:, None] * reach)

    def show(step: int) -> None:
        plot.set_x_range(0, step)
        plot.set_y_range(-0.5, 24.5, steady=False)
        heat.set_data(values, (0, max(step, 1), -0.5, 24.5))

    return panel, show


def clipping_panel(theme: Theme) -> tuple[Panel, Callable[[int], None]]:
    """Return a clipping panel and what moves it."""
    panel = Panel(
        theme,
        object_name="clipping_panel",
        title="Clipping",
        subtitle="size of the whole gradient, before and after",
        explanation="The norm of the whole gradient.",
    )
    plot = PlotView(theme, x=Axis(label="training step", whole=True), y=Axis("log"))
    before = plot.add_curve("before clipping", "backward", width=1.5)
    line = plot.add_horizontal_line(
        "threshold", "threshold", "solid", label="threshold 5", label_on="line"
    )
    marks = plot.add_markers("clipped step", "threshold")
    panel.set_body(plot)
    y = 10 ** (0.35 + 0.12 * RNG.normal(size=1000)) * np.where(RNG.random(1000) < 0.01, 9, 1)

    def show(step: int) -> None:
        x = np.linspace(max(0, step - 1000), step, 1000)
        plot.set_x_range(x[0], x[-1])
        plot.set_y_range(0.15, 60)
        before.set_data(x, y)
        line.set_value(5.0)
        marks.set_data(x[y > 5])
        plot.set_note(f"▾ clipped: {int((y > 5).sum())} of 1,000", "bottom_left", "threshold")

    return panel, show


def empty_panel(theme: Theme) -> tuple[Panel, Callable[[int], None]]:
    """Return a panel without data."""
    panel = Panel(theme, object_name="empty_panel", title="Nothing yet", explanation="Empty.")
    plot = PlotView(theme)
    plot.set_empty_message("Press Train, and something moves here.")
    panel.set_body(plot)
    return panel, lambda _step: None


def build_window(theme: Theme) -> tuple[QWidget, list[Callable[[int], None]]]:
    """Return a window of six panels and what moves them."""
    window = QWidget()
    grid = QGridLayout(window)
    grid.setContentsMargins(16, 16, 16, 16)
    grid.setSpacing(12)
    makers = (
        loss_panel,
        gradient_panel,
        hidden_panel,
        history_panel,
        empty_panel,
        clipping_panel,
    )
    built = [make(theme) for make in makers]
    for index, (panel, _) in enumerate(built):
        grid.addWidget(panel, index // 2, index % 2)
    return window, [show for _, show in built]


def measure(theme: Theme) -> None:
    """Print what updates cost."""
    plot = PlotView(theme, x=Axis(), y=Axis())
    plot.resize(480, 210)
    plot.show()
    x = np.linspace(0, 1000, 1000)
    plot.set_x_range(0, 1000)
    plot.set_y_range(-3, 3)
    y = np.sin(x / 50)
    broken = np.where(np.arange(1000) % 50 == 0, np.nan, y)
    curve = plot.add_curve("curve", "forward", label="curve")
    band = plot.add_band("band", "forward_band")
    level = plot.add_horizontal_line("level", "faint", label="level")
    marks = plot.add_markers("marks", "threshold")
    logarithmic = PlotView(theme, x=Axis(), y=Axis("log"))
    logarithmic.resize(480, 210)
    logarithmic.set_x_range(0, 1000)
    decay = logarithmic.add_curve("decay", "backward")
    dotted = logarithmic.add_curve("dotted", "backward", markers=True)
    picture = PlotView(theme)
    picture.resize(480, 210)
    heat = picture.add_heat_map("heat", "signed")
    power = picture.add_heat_map(
        "power", "magnitude", levels=(1e-9, 1.0), value_axis=Axis("log", floor=1e-9)
    )
    values = RNG.uniform(-1, 1, (128, 512)).astype(np.float32)
    indices = heat.quantize(values)
    letters = PlotView(theme, x=Axis(whole=True))
    letters.resize(480, 210)
    letters.set_x_range(-0.5, 24.5, steady=False)
    step = iter(range(10**9))

    def characters() -> None:
        offset = next(step) % 25
        letters.set_characters(list((TEXT * 2)[offset : offset + 25]))

    def ranges() -> None:
        plot.set_x_range(0, 1000 + next(step), steady=False)

    cases: dict[str, Callable[[], object]] = {
        "curve, 1,000 points": lambda: curve.set_data(x, y),
        "curve, 1,000 points, 20 gaps": lambda: curve.set_data(x, broken),
        "curve on a log axis, 1,000 points": lambda: decay.set_data(x, np.abs(y)),
        "curve with 25 dots": lambda: dotted.set_data(x[:25] * 40, np.abs(y[:25])),
        "band, 1,000 points": lambda: band.set_data(x, y - 0.2, y + 0.2),
        "curve and band, 1,000 points": lambda: (
            curve.set_data(x, y),
            band.set_data(x, y - 0.2, y + 0.2),
        ),
        "level line that moves": lambda: level.set_value(next(step) % 100 / 100),
        "100 marks": lambda: marks.set_data(x[::10]),
        "heat map 128 x 512, signed floats": lambda: heat.set_data(values),
        "heat map 128 x 512, log magnitudes": lambda: power.set_data(np.abs(values)),
        "heat map 128 x 512, ready bytes": lambda: heat.set_data(indices),
        "25 characters": characters,
        "range that moves (everything anew)": ranges,
        "range that rests": lambda: plot.set_y_range(-3, 3),
        "place curve labels": plot.place_labels,
    }
    for name, update in cases.items():
        costs = []
        for repeat in range(120):
            started = time.perf_counter()
            update()
            if repeat >= 20:
                costs.append((time.perf_counter() - started) * 1e3)
            QApplication.processEvents()
        print(f"{name:38s} {statistics.median(costs):7.3f} ms")


def main() -> None:
    """Measure, or show."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="open the window of six plots")
    parser.add_argument("--save", metavar="FILE.png", help="draw that window into a file")
    parser.add_argument("--size", default="1120x850", help="its size")
    parser.add_argument("--scheme", default="light", choices=[s.value for s in ColorScheme])
    parser.add_argument("--scale", type=float, default=1.0)
    arguments = parser.parse_args()
    application = QApplication([])
    theme = Theme(ColorScheme(arguments.scheme))
    theme.set_scale(arguments.scale)
    theme.apply(application)
    if not (arguments.show or arguments.save):
        measure(theme)
        return
    window, shows = build_window(theme)
    window.resize(*map(int, arguments.size.split("x")))
    window.show()
    for show in shows:
        show(12340)
    if arguments.save:
        for _ in range(20):
            QApplication.processEvents()
            time.sleep(0.01)
        window.grab().save(arguments.save)
        return
    frame = iter(range(1, 10**9))
    timer = QTimer(window)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: [show(10 * step) for step in [next(frame)] for show in shows])
    timer.start(33)
    application.exec()


if __name__ == "__main__":
    main()
