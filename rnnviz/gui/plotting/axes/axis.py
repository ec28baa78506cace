"""What an axis means: its kind, its words, where its ticks stand and how they read."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rnnviz.gui.wording.numbers import MINUS, TIMES, format_floor, format_number, format_power

Floats = NDArray[np.float64]

_FEW_DECADES = 0.7
"""On a log axis that shows fewer, round values are labelled, and not only powers of ten."""
_LONGEST = 7
"""A number of so many digits is written as a power of ten, where people count."""


@dataclass(frozen=True, slots=True)
class Tick:
    """One labelled place on an axis; ``position`` is in the axis's own coordinate."""

    position: float
    text: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The meaning of one axis of a plot.

    An axis has a coordinate of its own in which it is straight: the value, or its decimal
    logarithm.

    Parameters
    ----------
    kind
        ``"linear"``; ``"log"``, which draws everything below ``floor`` at the floor; or
        ``"inverted"``, linear and growing downward (or leftward), as the rows of a picture do.
    label
        The words beside it; empty where the panel's title says it already.
    name
        What to call it in a CSV file and when hovering, where ``label`` is empty.
    unit
        The unit, for hovering and for the header of a CSV file.
    floor
        The least value that a log axis can tell; less is written ``<10⁻¹²`` there.
    whole
        Whether only whole numbers are labelled, as for units and steps.
    ends
        Whether the first and the last whole number in range are labelled above all others.
    number_format
        How to write a value, where the standard way will not do.
    counted_from
        The place from which a linear axis is labelled leftward: 0 there, then 10, 20, ...
    first
        What people are told of a linear axis's 0: 1 where they count places from 1 and arrays do
        not.
    switchable
        Whether a person may have it logarithmic instead of linear, and the other way round. What
        lies below its floor is then drawn there, but not spoken of as less: the first step is 1.
    """

    kind: Literal["linear", "log", "inverted"] = "linear"
    label: str = ""
    name: str = ""
    unit: str = ""
    floor: float = 1e-12
    whole: bool = False
    ends: bool = False
    number_format: Callable[[float], str] | None = None
    counted_from: float | None = None
    first: int = 0
    switchable: bool = False

    @property
    def title(self) -> str:
        """What the axis is called in words, where it has a name at all."""
        return self.label or self.name

    @property
    def is_logarithmic(self) -> bool:
        """Whether equal distances are equal factors."""
        return self.kind == "log"

    def switched(self, *, logarithmic: bool) -> Axis:
        """Return the same axis as a logarithmic, or a linear one."""
        return replace(self, kind="log" if logarithmic else "linear")

    def forward(self, values: Floats) -> Floats:
        """Return the axis's coordinate of values; on a log axis never less than the floor's."""
        if self.kind != "log":
            return values
        return np.asarray(np.log10(np.maximum(values, self.floor)))

    def inverse(self, coordinate: float) -> float:
        """Return the value at a coordinate."""
        return float(10.0**coordinate) if self.kind == "log" else coordinate

    def format(self, value: float) -> str:
        """Return a value as hovering shows it, with its unit."""
        value += self.first
        if self.number_format is not None:
            return self.number_format(value)
        if self.kind == "log" and value <= self.floor and not self.switchable:
            return format_floor(round(math.log10(self.floor)))
        text = format_number(value)
        if self.whole:
            text = f"{round(value):,}".replace("-", MINUS)
        return f"{text} {self.unit}" if self.unit else text

    def ticks(self, low: float, high: float, most: int) -> list[Tick]:
        """Return at most about ``most`` intervals of ticks between two coordinates."""
        if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
            return []
        if self.kind == "log":
            return self._log_ticks(low, high, most + 1)
        if self.counted_from is not None:
            origin = self.counted_from
            counted_up = replace(self, counted_from=None, first=0)
            counted = counted_up.ticks(origin - high, origin - low, most)
            return [Tick(origin - tick.position, tick.text) for tick in reversed(counted)]
        if self.first:
            told = replace(self, first=0).ticks(low + self.first, high + self.first, most)
            return [Tick(tick.position - self.first, tick.text) for tick in told]
        step = nice_step((high - low) / max(1, most), whole=self.whole or self.ends)
        first = math.ceil(low / step - 1e-9)
        last = math.floor(high / step + 1e-9)
        positions = [index * step for index in range(first, last + 1)]
        if self.ends:
            positions = _with_ends(positions, math.ceil(low), math.floor(high), step)
        write = self.number_format or (lambda value: format_number(value, step))
        return [Tick(position, write(position)) for position in positions]

    def _log_ticks(self, low: float, high: float, most: int) -> list[Tick]:
        if high - low < _FEW_DECADES:
            return self._ticks_within_a_decade(low, high, most - 1)
        first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
        every = next(
            (k for k in (1, 2, 3, 4, 5, 6, 8, 10) if (last - first) / k + 1 <= most),
            max(1, math.ceil((last - first) / max(1, most - 1))),
        )
        ticks = [
            Tick(float(k), self._power_words(k)) for k in range(first, last + 1) if k % every == 0
        ]
        if high - low <= 2 and every == 1:
            # With so few decades the powers alone would leave the reader to guess between them.
            digits: tuple[int, ...] = (2, 5) if most >= 3 * (high - low) else (3,)
            if len(ticks) >= 2 and len(ticks) + high - low > most + 1:
                # In a low plot they would stand over each other.
                digits = ()
            ticks += [
                Tick(place, format_number(digit * 10.0**decade, 10.0**decade))
                for decade in range(math.floor(low), math.ceil(high))
                for digit in digits
                if low < (place := decade + math.log10(digit)) < high
            ]
        return sorted(ticks, key=lambda tick: tick.position)

    def _power_words(self, exponent: int) -> str:
        if self.switchable:
            is_short = -_LONGEST < exponent < _LONGEST
            size = 10.0**exponent
            return format_number(size, size) if is_short else format_power(exponent)
        lowest = round(math.log10(self.floor))
        return format_floor(exponent) if exponent <= lowest else format_power(exponent)

    def _ticks_within_a_decade(self, low: float, high: float, most: int) -> list[Tick]:
        """Label round values, as a linear axis does: there may be no power of ten in sight."""
        step = nice_step((10.0**high - 10.0**low) / max(1, most), whole=self.whole)
        first, last = math.ceil(10.0**low / step - 1e-9), math.floor(10.0**high / step + 1e-9)
        values = [index * step for index in range(max(first, 1), last + 1)]
        power = math.floor(low)
        unit, ending = 1.0, ""
        if not -3 <= power < 7:
            # Nobody counts so many digits.
            unit, ending = 10.0**power, f" {TIMES} {format_power(power)}"
        return [
            Tick(math.log10(value), format_number(value / unit, step / unit) + ending)
            for value in values
            if value > self.floor
        ]


def nice_step(size: float, *, whole: bool = False) -> float:
    """Return the least of 1, 2, 2.5, 5 times a power of ten that is not less than ``size``."""
    if size <= 0 or not math.isfinite(size):
        return 1.0
    if whole and size <= 1:
        return 1.0
    decade = 10.0 ** math.floor(math.log10(size) + 1e-12)
    multiples = (1, 2, 5, 10) if whole and decade < 10 else (1, 2, 2.5, 5, 10)
    multiple = next(m for m in multiples if m * decade >= size * (1 - 1e-9))
    return multiple * decade


def _with_ends(positions: list[float], first: int, last: int, step: float) -> list[float]:
    """Label both ends, and of the rest only what does not crowd them."""
    if last <= first:
        return [float(first)]
    inner = [p for p in positions if p - first >= 0.7 * step and last - p >= 0.7 * step]
    return [float(first), *inner, float(last)]
