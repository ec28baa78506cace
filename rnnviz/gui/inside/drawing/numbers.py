"""A network's numbers as they stand in a narrow cell: three places, or a power of ten."""

from __future__ import annotations

import math
from functools import lru_cache

from rnnviz.diagnostics.one_step.rounding import places_in_cell
from rnnviz.gui.wording.numbers import MINUS, superscript


@lru_cache(maxsize=8192)
def in_cell(value: float) -> str:
    """Return a number in six characters at most, or as a power: ``−12.50``, ``3·10⁻⁵``."""
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else ("∞" if value > 0 else MINUS + "∞")
    size, places = abs(value), places_in_cell(value)
    if places is None:
        exponent = math.floor(math.log10(size))
        digit = round(size / 10.0**exponent)
        if digit == 10:
            digit, exponent = 1, exponent + 1
        text = f"{digit}·10{superscript(exponent)}"
    else:
        text = f"{size:.{places}f}"
    return MINUS + text if value < 0 and float(text != "0") else text


def exactly(value: float, digits: int = 6) -> str:
    """Return a number with so many significant digits, for arithmetic that is to be followed."""
    if not math.isfinite(value):
        return in_cell(value)
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if -4 <= exponent < digits:
        text = f"{value:.{max(0, digits - 1 - max(exponent, 0))}f}"
    else:
        mantissa, power = f"{value:.{digits - 1}e}".split("e")
        text = f"{mantissa}·10{superscript(int(power))}"
    return text.replace("-", MINUS)
