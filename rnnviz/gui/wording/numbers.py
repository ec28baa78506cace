"""Numbers as a person reads them: ``12,000``, ``0.25``, ``10⁻⁶``."""

import math

from rnnviz.wording import MINUS as MINUS
from rnnviz.wording import TIMES as TIMES
from rnnviz.wording import superscript as superscript

_LONGEST = 1e9


def format_number(value: float, step: float | None = None) -> str:
    """Return a number with thousands separated by commas and a true minus sign.

    Parameters
    ----------
    value
        Any number.
    step
        The distance to the neighbouring tick, which decides the decimals; without it, three
        significant digits are kept, and a power of ten is written where digits would be noise.
    """
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else ("∞" if value > 0 else MINUS + "∞")
    if step is not None and abs(value) >= _LONGEST:
        # So long a number is not read, and would leave the plot no room.
        places = max(0, math.floor(math.log10(abs(value))) - math.floor(math.log10(step)))
        mantissa, exponent = f"{value:.{places}e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if places else mantissa
        text = f"{mantissa} {TIMES} 10{superscript(int(exponent))}"
    elif step is not None:
        decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
        # A step such as 2.5 needs one decimal more than its size says.
        if step > 0 and not math.isclose(round(step, decimals), step, rel_tol=1e-6):
            decimals += 1
        # Adding zero turns the -0.0 of rounding into 0.0.
        text = f"{round(value, decimals) + 0.0:,.{decimals}f}"
    elif value == 0:
        text = "0"
    elif abs(value) >= 1e7 or abs(value) < 1e-3:
        mantissa, exponent = f"{value:.1e}".split("e")
        text = f"{mantissa} {TIMES} 10{superscript(int(exponent))}"
    else:
        digits = max(0, 2 - math.floor(math.log10(abs(value))))
        text = f"{value:,.{digits}f}"
    return text.replace("-", MINUS)


def tidy_step(value: float, length: float) -> float:
    """Return the coarsest power of ten that still tells a value to a hundredth of a length."""
    if not length > 0:
        return 1.0
    finest = math.floor(math.log10(length)) - 2
    steps = (10.0**k for k in range(finest + 3, finest, -1))
    return next((s for s in steps if abs(value - round(value / s) * s) < s * 1e-6), 10.0**finest)


def format_power(exponent: int) -> str:
    """Return ten to a whole power: plain from 0.1 to 1,000, as ``10⁻⁶`` outside."""
    if 0 <= exponent <= 3:
        return f"{10**exponent:,}"
    return "0.1" if exponent == -1 else f"10{superscript(exponent)}"


def format_floor(exponent: int) -> str:
    """Return the words for everything below ten to a power."""
    return f"<10{superscript(exponent)}"


def in_percent(share: float) -> str:
    """Return a share from 0 to 1, such as ``43 %`` or ``0.43 %``; 0 and 100 only if it is so."""
    percent = 100 * share
    digits = 2 if percent < 2 else 1 if percent < 10 else 0
    text = f"{min(max(percent, 0.01), 99):.{digits}f}" if 0 < share < 1 else f"{percent:.0f}"
    return f"{text}\N{NO-BREAK SPACE}%"


def in_whole_percent(share: float) -> str:
    """Return a share rounded, such as ``43 %``; a dash for what is not a number."""
    return with_space(f"{share:.0%}") if math.isfinite(share) else "\N{EN DASH}"


def in_places(value: float, places: int = 3) -> str:
    """Return a number with always the same places, so that it is read at a glance.

    From 1,000 on, where places would be noise, it is written as `format_number` does.
    """
    smallest = 10.0**-places
    if 0 < value < smallest:
        return f"< {smallest:.{places}f}"
    return f"{value:.{places}f}" if abs(value) < 1000 else format_number(value)


def in_full(value: float) -> str:
    """Return what a person has set as people write it: ``1,000``, ``0.25``, ``0.00001``."""
    if 1e-9 <= abs(value) < 1e-4:
        return f"{value:.12f}".rstrip("0")
    return f"{value:,.10g}"


def with_space(text: str) -> str:
    """Set the percent signs of a text off from their numbers, as everywhere in the window."""
    return text.replace("%", "\N{NO-BREAK SPACE}%")
