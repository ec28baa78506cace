"""A pocket calculator that reads what is printed."""

from __future__ import annotations

import math
import re

from rnnviz.wording import MINUS, TIMES

_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_FUNCTIONS = {
    "tanh": math.tanh, "exp": math.exp, "sqrt": math.sqrt, "min": min, "max": max,
    "log": lambda x: math.log(x) if x > 0 else -math.inf, "relu": lambda x: max(x, 0.0),
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)), "float": float,
}  # fmt: skip


def calculate(text: str) -> float:
    """Calculate a line of printed numbers; infinite where it divides by zero."""
    text = re.sub(r"·10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", lambda found: f"e{found[1].translate(_DIGITS)}", text)
    text = text.replace(MINUS, "-").replace(TIMES, "*").replace("²", "**2").replace("^", "**")
    text = text.replace("[", "float(").replace("]", ")").replace("∞", "1e999")
    assert re.fullmatch(r"[-+*/(),.> 0-9a-z]+", text), text
    try:
        return float(eval(text, {"__builtins__": {}}, _FUNCTIONS))
    except ZeroDivisionError:
        return math.inf


def half_a_digit(text: str) -> float:
    """Return by how much a printed number may differ from what it stands for."""
    mantissa, _, power = text.partition("·10")
    places = len(mantissa.partition(".")[2])
    exponent = int(power.translate(_DIGITS)) if power else 0
    return 0.5 * 10.0 ** (exponent - places)
