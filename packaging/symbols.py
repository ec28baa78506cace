"""Sets all mathematics of the view "Inside one step", and writes ``resources/symbols.json``.

    QT_QPA_PLATFORM=offscreen python packaging/symbols.py

Run by hand after an equation, or a symbol of a drawing, is another one; a test says when that is
due. What the file lacks is set while somebody waits for it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QSizeF
from PySide6.QtGui import QGuiApplication

from rnnviz.core.cells import CELLS
from rnnviz.core.clipping import CLIP_MODES
from rnnviz.core.optimizers import OPTIMIZERS
from rnnviz.data.tasks import TASKS
from rnnviz.diagnostics.one_step.phases import Phase, phases_of
from rnnviz.diagnostics.one_step.record import StepRecord, record_step
from rnnviz.gui.inside.drawing.folded import folded_picture
from rnnviz.gui.inside.drawing.shapes import Picture
from rnnviz.gui.inside.drawing.time_steps import TimeSteps
from rnnviz.gui.inside.drawing.values import Lookup, Sight
from rnnviz.gui.inside.equations.items import pieces_of
from rnnviz.gui.inside.equations.lines import lines_of
from rnnviz.gui.inside.shown import shown_of
from rnnviz.gui.inside.typesetting import FILE, as_json, parts_of, typeset
from rnnviz.gui.style.theme import Theme
from rnnviz.training.commands import NewRun
from rnnviz.training.configuration import Configuration, Value
from rnnviz.training.session import Session

PATH = Path(__file__).resolve().parent.parent / "resources" / FILE

_SMALL: dict[str, Value] = {"hidden_size": 3, "sequence_length": 6}
_DIGITS = "0123456789."


def settings() -> Iterator[dict[str, Value]]:
    """Go through settings that together show every equation."""
    for cell in CELLS:
        for layers in range(1, 5):
            yield {"cell": cell, "num_layers": layers, "dropout": 0.2 if layers > 1 else 0.0}
        yield {"cell": cell, "num_layers": 2, "residual": "on", "batch_size": 2}
    yield {"activation": "relu"}
    for optimizer in OPTIMIZERS:
        yield {"optimizer": optimizer}
    for mode in CLIP_MODES:
        yield {"clip_mode": mode}
    for task in TASKS:
        yield {"corpus": task, "batch_size": 2, "sequence_length": 24}


def symbols() -> set[str]:
    """Return the LaTeX of all symbols, put together from as few as can be."""
    found = set(_DIGITS)
    theme = Theme()
    for changed in settings():
        session = Session()
        session.apply(NewRun(Configuration.from_mapping(_SMALL | changed)))
        record = record_step(session.step_subject())
        phases = phases_of(record)
        for number, phase in enumerate(phases):
            found |= _of_equations(record, phase)
            if phase.t in (0, 1, 2):
                found |= _of_drawing(record, phases, number, theme)
    return {part for tex in found for part in parts_of(tex) if part}


def _of_equations(record: StepRecord, phase: Phase) -> set[str]:
    lines = lines_of(record, phase)
    rows = (pieces_of(line, scope) for line in lines for scope in (None, line.scope(record, 0)))
    return {piece.tex for row in rows for piece in row}


def _of_drawing(
    record: StepRecord, phases: tuple[Phase, ...], number: int, theme: Theme
) -> set[str]:
    lookup = Lookup(record, phases)
    steps = TimeSteps(lookup, shown_of(record), theme)
    arrangement = steps.arranged(QSizeF(1000, 500), phases[number].t or 1)
    sight = Sight(record, phases, number)
    pictures: tuple[Picture, ...] = (
        steps.picture(arrangement, sight, range(steps.num_steps + 1)),
        folded_picture(arrangement.metrics, {}),
    )
    shapes = (shape for picture in pictures for shape in picture.shapes)
    return {shape.tex for shape in shapes if hasattr(shape, "tex")}


def main() -> None:
    """Write the file."""
    _application = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    PATH.write_text(as_json({tex: typeset(tex) for tex in sorted(symbols())}), encoding="utf-8")


if __name__ == "__main__":
    main()
