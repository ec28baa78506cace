"""Pictures and tables of plots, written so that a failure leaves the old file whole."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from itertools import zip_longest
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize
from PySide6.QtGui import QImage, QPaintDevice, QPainter, QPicture

from rnnviz import storage
from rnnviz.gui.plotting.items.item import Column

Paint = Callable[[QPainter], None]

_OFTEN = 3
"""Numbers that are repeated so often are written once each."""


class ExportError(Exception):
    """An export failed; the message is one sentence for the person who asked for it."""


def write_atomically(path: Path | str, data: bytes) -> None:
    """Write a file whole or not at all, as model files are.

    Raises
    ------
    ExportError
        If it cannot be written; what was there before is untouched.
    """
    try:
        storage.write_atomically(path, data)
    except storage.StorageError as error:
        raise ExportError(str(error)) from error


def png_bytes(paint: Paint, size: QSize, density: float = 2.0) -> bytes:
    """Return what ``paint`` paints in a rectangle of ``size`` as a PNG of this pixel density."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not picture(paint, size, density).save(buffer, "PNG"):  # type: ignore[call-overload]
        raise ExportError("The picture could not be made: there is not enough memory for it.")
    return bytes(buffer.data().data())


def picture(paint: Paint, size: QSize, density: float = 2.0) -> QImage:
    """Return what ``paint`` paints in a rectangle of ``size`` as an image."""
    image = QImage(size * density, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(density)
    image.fill(0)
    _paint_on(image, paint)
    return image


def recorded(paint: Paint) -> Paint:
    """Take down what ``paint`` paints; return what paints the same again, in any thread.

    That takes a moment, where lines of thousands of points, smoothed, take fifty times as long.
    """
    record = QPicture()
    _paint_on(record, paint)
    return lambda painter: painter.drawPicture(0, 0, record)


def svg_bytes(paint: Paint, size: QSize, title: str, dots_per_inch: int) -> bytes:
    """Return what ``paint`` paints in a rectangle of ``size`` as an SVG document."""
    return svg_of(recorded(paint), size, title, dots_per_inch)


def svg_of(paint: Paint, size: QSize, title: str, dots_per_inch: int) -> bytes:
    """Return what was `recorded` as an SVG document; in any thread, as it is slow.

    A QSvgGenerator does not return from a clip to the one around it, and misplaces those of a
    widget within another; a QPicture takes down what is clipped by what.
    """
    # Only exports need them, and the window is painted sooner without them.
    from PySide6.QtSvg import QSvgGenerator

    from rnnviz.gui.plotting.view.plain_svg import plain_svg

    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # SVG 1.1 knows clipping; the tiny profile, the default, would let curves leave their plot.
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setTitle(title)
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    # Without it text comes out at another size than on the screen.
    generator.setResolution(dots_per_inch)
    _paint_on(generator, paint)
    # What Qt writes is not drawn right by every program.
    return plain_svg(bytes(data.data()))


def _paint_on(device: QPaintDevice, paint: Paint) -> None:
    painter = QPainter(device)
    try:
        paint(painter)
    finally:
        # An open painter on a picture that goes away takes the program with it.
        painter.end()


def csv_text(columns: list[Column]) -> str:
    """Return columns as CSV with a header row; shorter ones end in empty fields.

    Numbers are written so that reading them gives the same number back; not-a-number is empty.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([name for name, _ in columns])
    cells = [values if isinstance(values, list) else _numbers(values) for _, values in columns]
    rows = zip_longest(*cells, fillvalue="")
    if len(columns) < 2 or any(isinstance(values, list) for _, values in columns):
        writer.writerows(rows)
    else:
        # Numbers beside each other never need quotation marks: not to look for that is much faster.
        file.writelines(f"{','.join(row)}\n" for row in rows)
    return file.getvalue()


def joined_csv(tables: Iterable[tuple[Mapping[str, str], str]]) -> str:
    """Return tables as one: below each other, in all columns that any of them has.

    Parameters
    ----------
    tables
        Each as CSV with a header row, and what is said of all its rows in columns at the left.
    """
    rows: list[dict[str, str]] = []
    names: dict[str, None] = {}
    for said, table in tables:
        reader = csv.DictReader(io.StringIO(table))
        names |= dict.fromkeys((*said, *(reader.fieldnames or ())))
        rows += ({**said, **row} for row in reader)
    file = io.StringIO()
    writer = csv.DictWriter(file, list(names), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def _numbers(values: ArrayLike) -> list[str]:
    """Return numbers, (n,), as texts; a quarter of a million of them while the window waits."""
    floats = np.asarray(values, np.float64)
    # A heat map has the same places in every row.
    different, places = np.unique(floats, return_inverse=True)
    if len(floats) > _OFTEN * len(different):
        texts = _numbers(different)
        return [texts[place] for place in places.tolist()]
    whole = (np.floor(floats) == floats) & (np.abs(floats) < 1e15)
    if whole.all():
        return list(map(str, floats.astype(np.int64).tolist()))
    texts = list(map(repr, floats.tolist()))
    for place in np.flatnonzero(whole | np.isnan(floats)).tolist():
        texts[place] = str(int(floats[place])) if whole[place] else ""
    return texts
