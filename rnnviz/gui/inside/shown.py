"""What of a network is drawn: a small one whole, of a larger one the units that are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rnnviz.core.parameters import Array
from rnnviz.diagnostics.one_step.record import StepRecord

Choice = Literal["first", "most saturated", "by hand"]

MOST_DRAWN = 8
"""A network with no more units than these is drawn whole, and so is what it puts out."""
_MOST_OUTPUTS = 5
# So many rows of cells all layers together should have, where units are chosen.
_ROWS = 11
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """Which numbers of a network are drawn.

    Attributes
    ----------
    units
        The units of every layer, from 0, from top to bottom.
    stream
        Which of the batch's streams, from 0.
    num_units
        How many units a layer has.
    """

    units: tuple[int, ...]
    stream: int
    num_units: int

    @property
    def more(self) -> int:
        """How many units are not drawn."""
        return self.num_units - len(self.units)


def shown_of(
    record: StepRecord,
    choice: Choice = "first",
    by_hand: Sequence[int] = (),
    stream: int = 0,
    rows_a_unit: float = 1.0,
) -> Shown:
    """Choose units.

    Parameters
    ----------
    record
        Of the step.
    choice
        Which, where they are too many.
    by_hand
        Units from 0, where they are chosen by hand; what there is not is left out.
    stream
        Which of the batch's streams, from 0.
    rows_a_unit
        How many rows of cells one unit of all layers needs.
    """
    size = record.subject.network.hidden_size
    stream = min(stream, record.subject.batch_size - 1)
    if size <= MOST_DRAWN:
        return Shown(tuple(range(size)), stream, size)
    count = max(_FEWEST, min(MOST_DRAWN - 2, int(_ROWS / rows_a_unit)))
    units: Sequence[int] = range(count)
    if choice == "most saturated":
        units = sorted(np.argsort(-_saturation(record, stream), kind="stable")[:count].tolist())
    elif choice == "by hand":
        chosen = [unit for unit in dict.fromkeys(by_hand) if 0 <= unit < size]
        units = chosen[:MOST_DRAWN] or range(count)
    return Shown(tuple(units), stream, size)


def outputs_of(record: StepRecord, t: int, stream: int) -> tuple[int, ...]:
    """Return which outputs of a time step are drawn: all, or the likeliest and the target.

    Parameters
    ----------
    record
        Of the step.
    t
        The time step, from 1.
    stream
        Which of the batch's streams, from 0.
    """
    o = record.forward[t - 1].output["o"][stream]
    if len(o) <= MOST_DRAWN:
        return tuple(range(len(o)))
    target = target_of(record, t, stream)
    likeliest = [int(k) for k in np.argsort(-o, kind="stable")[:_MOST_OUTPUTS]]
    if target is not None and target not in likeliest:
        likeliest[-1] = target
    return tuple(likeliest)


def target_of(record: StepRecord, t: int, stream: int) -> int | None:
    """Return the id that is asked for at a time step; None where none is, or a number."""
    subject = record.subject
    place = t - subject.first_asked
    if place < 0 or subject.loss != "cross_entropy":
        return None
    return int(subject.targets[place, stream])


def _saturation(record: StepRecord, stream: int) -> Array:
    """Return for each unit how near its hidden state comes to its flat ends, over the window."""
    states: Array = np.array(
        [np.abs(lines["h"][stream]) for step in record.forward for lines in step.layers]
    )
    mean: Array = states.mean(axis=0)
    return mean
