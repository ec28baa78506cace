"""Numbers as they are printed, and what a pocket calculator makes of printed numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from rnnviz.wording import MINUS, superscript

CALCULATOR = Context(prec=15, rounding=ROUND_HALF_EVEN, Emin=-9999, Emax=9999)
"""More digits than anybody prints."""
MOST_DIGITS = 12
"""Beyond so many significant digits numbers are printed no longer."""

# Within these powers of ten numbers are written out.
_SMALLEST, _LARGEST = -4, 6
# Between these a number in a cell is written out.
_SMALLEST_IN_PLACES, _LARGEST_IN_PLACES = 5e-4, 1e5


@dataclass(frozen=True, slots=True)
class Rounded:
    """A number as it is printed.

    Attributes
    ----------
    value
        The printed number itself; infinite, or not a number, where that is so.
    text
        How it is written, with a true minus sign and powers of ten: ``−0.315``, ``3.12·10⁻⁵``.
    """

    value: Decimal
    text: str

    @property
    def latex(self) -> str:
        """How LaTeX writes it."""
        mantissa, dot, _ = self.text.partition("·10")
        plain = mantissa.replace(MINUS, "-").replace("∞", r"\infty")
        if not dot:
            return plain
        exponent = self.value.adjusted()
        return rf"{plain} \cdot 10^{{{exponent}}}"

    @property
    def opposite(self) -> Rounded:
        """The number with the other sign."""
        text = self.text[1:] if self.is_negative else MINUS + self.text
        return Rounded(-self.value, text)

    @property
    def is_negative(self) -> bool:
        """Whether a minus sign stands before it."""
        return self.text.startswith(MINUS)

    @property
    def is_power(self) -> bool:
        """Whether a power of ten belongs to it."""
        return "·" in self.text


def rounded(value: float | Decimal, digits: int) -> Rounded:
    """Round a number to significant digits."""
    number = value if isinstance(value, Decimal) else Decimal(value)
    if not number.is_finite():
        sign = MINUS if number < 0 else ""
        return Rounded(number, "not a number" if number.is_nan() else f"{sign}∞")
    short = Context(prec=digits, rounding=ROUND_HALF_EVEN, Emin=-9999, Emax=9999).plus(number)
    return Rounded(short, _text(short, digits))


def brief(value: float | Decimal, digits: int) -> Rounded:
    """Round a number that is calculated with: no zeros are added where it has fewer digits."""
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    short = rounded(number, digits)
    if not number.is_finite() or short.value != number:
        return short
    return Rounded(number, _text(number, None))


def exact(value: float) -> Rounded:
    """Return a number that is printed as it is: a count, or what people have set."""
    number = Decimal(repr(value))
    whole = number == number.to_integral_value() and abs(number) < 10**_LARGEST
    return Rounded(number, str(int(number)).replace("-", MINUS) if whole else _text(number, None))


def places_in_cell(value: float) -> int | None:
    """Return how many decimal places a number has in a narrow cell; None for a power of ten.

    A power of ten has a single digit before it. Everything else has at most five.
    """
    size = abs(value)
    if size == 0:
        return 0
    if not _SMALLEST_IN_PLACES <= size < _LARGEST_IN_PLACES:
        return None
    return max(0, 3 - max(0, math.floor(math.log10(size))))


def usual_digits(value: float) -> int:
    """Return how many significant digits a result has: three, or three places; at most six."""
    if not math.isfinite(value) or abs(value) < 0.1:
        return 3
    return min(6, math.floor(math.log10(abs(value))) + 4)


def _text(number: Decimal, digits: int | None) -> str:
    if number == 0:
        return "0"
    exponent = number.adjusted()
    if digits is None:
        digits = len(number.normalize().as_tuple().digits)
        if 0 <= exponent < _LARGEST:
            digits = max(digits, exponent + 1)
    # A zero at the end that is no digit of it would look like one.
    if _SMALLEST <= exponent < min(_LARGEST, digits):
        text = f"{number:.{max(0, digits - 1 - exponent)}f}"
    else:
        text = f"{number.scaleb(-exponent):.{digits - 1}f}·10{superscript(exponent)}"
    return text.replace("-", MINUS)
