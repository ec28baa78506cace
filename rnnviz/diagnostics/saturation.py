"""How much of what a layer computes sits at the flat ends of its activations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.cells import Cell, LayerTape
from rnnviz.core.network import Network
from rnnviz.core.parameters import Array
from rnnviz.core.tape import NetworkTape
from rnnviz.diagnostics.read_only import read_only

SATURATED = 0.95
SHUT = 0.05
BINS = 40
"""So many that both marks are edges of bins."""

End = Literal["low", "high"]


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """How one quantity of every layer is distributed over a window.

    Attributes
    ----------
    edges
        (BINS + 1,), ascending from 0. Of a quantity with a sign the magnitude is counted.
    shares
        (num_layers, BINS): the share of all values that lies in each bin. What is not a finite
        number lies in none, nor does a ReLU's 0, beside which nothing else would be seen.
    low
        (num_layers,): the share at the lower flat end, below 0.05 for a sigmoid, exactly 0 for
        ReLU; None for what has no such end.
    high
        (num_layers,): the share above 0.95; None for what has no upper bound.
    """

    edges: Array
    shares: Array
    low: Array | None
    high: Array | None


@dataclass(frozen=True, slots=True, eq=False)
class Saturation:
    """What sits at the flat ends over a window.

    Attributes
    ----------
    quantities
        By name, in the order of `quantity_words`: the hidden state ``h``; the gates of an LSTM
        ``i, f, g, o`` and ``tanh(c)``, for its cell state has no bound itself; the gates of a GRU
        ``r, z, n``.
    dead
        (num_layers,): how many units were 0 at every step of every stream; None where the
        activation is bounded, and saturates instead.
    shape
        T, B, H: steps, streams and units that were counted.
    """

    quantities: Mapping[str, Distribution]
    dead: NDArray[np.intp] | None
    shape: tuple[int, int, int]

    @property
    def hidden(self) -> Distribution:
        """That of the hidden state."""
        return next(iter(self.quantities.values()))

    def series(self) -> tuple[tuple[str, ...], Array]:
        """Return what is followed over training: labels, and a number for each.

        All shares at flat ends by `series_label`, and the share of dead units of each layer.
        """
        numbers: dict[str, float] = {}
        for name, distribution in self.quantities.items():
            ends: dict[End, Array | None] = {"low": distribution.low, "high": distribution.high}
            for end, shares in ends.items():
                for layer, share in enumerate([] if shares is None else shares.tolist()):
                    numbers[series_label(name, layer, end)] = share
        if self.dead is not None:
            for layer, count in enumerate(self.dead.tolist()):
                numbers[dead_label(layer)] = count / self.shape[2]
        return tuple(numbers), np.array(list(numbers.values()))


def series_label(name: str, layer: int, end: End) -> str:
    """Name the share of a quantity at one of its flat ends; layers count from 0 here."""
    return f"{name}{layer + 1} {end}"


def dead_label(layer: int) -> str:
    """Name the share of a layer's dead units; layers count from 0 here."""
    return f"dead{layer + 1}"


def saturated_share(hidden: Array) -> float:
    """Return the share of the entries of a tanh state with |h| above 0.95, from 0 to 1."""
    return float(np.count_nonzero(np.abs(hidden) > SATURATED)) / hidden.size


def saturates(cell: Cell) -> bool:
    """Tell whether a cell's state is bounded; a ReLU's is not, and its units die instead."""
    return not cell.ungated or ACTIVATIONS[cell.activation].bounded


def saturation(network: Network, tape: NetworkTape) -> Saturation:
    """Count what sits at the flat ends of every layer's activations in a window.

    All streams are counted, not the first alone: the update sums over all of them, one stream's
    share would tremble more, and a unit that some stream still wakes is not dead.

    Parameters
    ----------
    network
        Whose cells wrote on `tape`.
    tape
        After ``forward``; read only.
    """
    layers = [
        quantities_of(cell, layer) for cell, layer in zip(network.cells, tape.layers, strict=True)
    ]
    cell = network.cells[0]
    bounded = saturates(cell)
    sigmoids = {gate.name for gate in cell.gates if gate.is_sigmoid}
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):
        distributions = {
            name: _distribution(
                [layer[name] for layer in layers],
                sigmoid=name in sigmoids,
                bounded=bounded,
            )
            for name in layers[0]
        }
        counts = None if bounded else [_dead(layer.hidden) for layer in tape.layers]
    dead = None if counts is None else read_only(np.array(counts, np.intp))
    shape = (tape.sequence_length, tape.batch_size, network.hidden_size)
    return Saturation(distributions, dead, shape)


def quantity_words(kind: type[Cell]) -> dict[str, str]:
    """Return what of a cell has flat ends, by name, and what people call it."""
    hidden, *others = kind.states
    return {
        hidden.name: hidden.words,
        **{gate.name: gate.words for gate in kind.gates},
        **{state.squashed: state.words_squashed for state in others},
    }


def quantities_of(cell: Cell, layer: LayerTape) -> dict[str, Array]:
    """Return what of a layer has flat ends, by the names of `quantity_words`: (T, B, H) each."""
    hidden, *others = cell.states
    quantities = {hidden.name: layer.hidden, **cell.gate_activations(layer)}
    for state in others:
        values = layer.states[state.name][1:]
        quantities[state.squashed] = values if state.is_bounded else np.tanh(values)
    return quantities


def _distribution(layers: list[Array], *, sigmoid: bool, bounded: bool) -> Distribution:
    # What lies from 0 to 1, or is never negative, stays what it is.
    magnitudes = [np.abs(layer).reshape(-1) for layer in layers]
    upper = 1.0
    if not bounded:
        finite = [values[np.isfinite(values)] for values in magnitudes]
        upper = max(float(values.max(initial=0)) for values in finite) or 1.0
    low = high = None
    if sigmoid:
        low = _shares([values < SHUT for values in magnitudes])
    elif not bounded:
        low = _shares([values == 0 for values in magnitudes])
    if bounded:
        high = _shares([values > SATURATED for values in magnitudes])
    return Distribution(
        edges=read_only(np.linspace(0.0, upper, BINS + 1)),
        shares=read_only(np.stack([_histogram(values, upper, bounded) for values in magnitudes])),
        low=low,
        high=high,
    )


def _shares(marked: list[NDArray[np.bool_]]) -> Array:
    return read_only(np.array([np.count_nonzero(entries) / entries.size for entries in marked]))


def _histogram(values: Array, upper: float, with_zeros: bool) -> Array:
    """Return the shares in bins of equal width; NumPy's own histogram takes ten times as long."""
    places = values / values.dtype.type(upper)
    places *= BINS
    counted = np.isfinite(places)
    if not with_zeros:
        counted &= places > 0
    if not counted.all():
        places = places[counted]
    # The largest value belongs to the last bin.
    bins = np.minimum(places, BINS - 1, out=places).astype(np.intp)
    return np.bincount(bins, minlength=BINS) / values.size


def _dead(hidden: Array) -> int:
    return int(np.count_nonzero(~(hidden != 0).any(axis=(0, 1))))
