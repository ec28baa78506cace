"""Which units follow something that can be named, and how many would by chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.network import Network
from rnnviz.core.parameters import Array
from rnnviz.core.sparse_rows import Ids
from rnnviz.core.tape import NetworkTape
from rnnviz.diagnostics.read_only import read_only

READ = 1000
"""Tokens of a text: enough to correlate on, and read in a few milliseconds."""

LEAST_HELD_OUT = 200
"""Of a held-out text that is read instead of the training text."""

WINDOW = 50
"""So many tokens are read at a time."""

CHANCE_SHARE = 0.05
"""In this share of the tries chance alone goes beyond the chance level."""

# Three of these and the measured one itself are the twentieth part of all.
_SHIFTS = 59
# Shifted by less, a feature still resembles itself.
_SMALLEST_SHIFT = 0.05
_SEED = 1


@dataclass(frozen=True, slots=True, eq=False)
class UnitsReading:
    """What the units did while the network read a text, and how well they follow its features.

    By state name (``h``, and ``c`` for an LSTM); all arrays are read-only.

    Attributes
    ----------
    length
        n, how many tokens were read.
    features
        The F names of what can be named in this text.
    correlations
        (num_layers, H, F) float64, Pearson's r of every unit with every feature, -1 to 1; 0 for a
        unit that never changes or is not finite.
    chance
        (num_layers, F) float64: the largest |r| among the H units that chance alone exceeds in
        one of twenty tries (`chance_levels`); NaN where the text is too short to tell.
    tokens
        The last m tokens, as they stand in the text.
    activations
        (num_layers, m, H): the states after each of them.
    values
        (F, m): the features at each of them.
    """

    length: int
    features: tuple[str, ...]
    correlations: Mapping[str, Array]
    chance: Mapping[str, Array]
    tokens: tuple[str, ...]
    activations: Mapping[str, Array]
    values: Array


def states_while_reading(network: Network, ids: Ids, tape: NetworkTape) -> dict[str, Array]:
    """Have a network read a text from a state of zeros to its end, and return all its states.

    Parameters
    ----------
    network
        Which reads.
    ids
        (n,) tokens.
    tape
        The network's, of one stream; overwritten.

    Returns
    -------
    dict of str to Array
        By name, (num_layers, n, H).
    """
    states = {
        name: np.empty((network.num_layers, len(ids), network.hidden_size), network.dtype)
        for name in tape.layers[0].states
    }
    network.prepare(tape)
    tape.set_initial_state(network.zero_state(1))
    for start in range(0, len(ids), tape.sequence_length):
        window = ids[start : start + tape.sequence_length]
        # The last window may be shorter; what is read beyond it is not looked at.
        tape.inputs[: len(window), 0] = window
        network.read_states(tape)
        for index, layer in enumerate(tape.layers):
            for name, array in layer.states.items():
                states[name][index, start : start + len(window)] = array[1 : len(window) + 1, 0]
        tape.go_on()
    return states


def read_units(
    states: Mapping[str, Array], tokens: tuple[str, ...], features: Mapping[str, Array], shown: int
) -> UnitsReading:
    """Compare the units of all layers with what can be named in the text that they read.

    After Karpathy, Johnson & Fei-Fei 2015, "Visualizing and understanding recurrent networks",
    section 4.2, who looked for cells that follow a quotation, a bracket or a line's length, and
    coloured texts by them. Put to a number here, and beside it what chance would give: who looks
    at many units finds some that seem to follow anything.

    Parameters
    ----------
    states
        By name, (num_layers, n, H); index t is after token t.
    tokens
        n, as they stand in the text.
    features
        By name, (n,) numbers.
    shown
        How many of the last tokens to keep with their states.
    """
    length = len(tokens)
    begin = max(0, length - shown)
    table = np.column_stack([*features.values()]) if features else np.zeros((length, 0))
    by_state = {
        name: [(correlations(layer, table), chance_levels(layer, table)) for layer in layers]
        for name, layers in states.items()
    }
    return UnitsReading(
        length=length,
        features=tuple(features),
        correlations={n: read_only(np.stack([r for r, _ in of])) for n, of in by_state.items()},
        chance={n: read_only(np.stack([level for _, level in of])) for n, of in by_state.items()},
        tokens=tokens[begin:],
        activations={name: read_only(layers[:, begin:].copy()) for name, layers in states.items()},
        values=read_only(table[begin:].T.copy()),
    )


def correlations(units: Array, features: Array) -> Array:
    """Return Pearson's r of every unit with every feature.

    Parameters
    ----------
    units
        (n, H).
    features
        (n, F).

    Returns
    -------
    Array
        (H, F) float64; 0 where one of both is constant or has values that are not finite.
    """
    found: Array = standardized(units).T @ standardized(features)
    return np.clip(found, -1.0, 1.0)


def standardized(columns: Array) -> Array:
    """Return columns (n, k), shifted and scaled to a mean of 0 and a length of 1, in float64.

    Products of two are then correlations. One that is constant or not finite becomes zeros.
    """
    if not len(columns):
        return np.zeros(columns.shape)
    columns = columns.astype(np.float64)
    lowest, highest = columns.min(axis=0), columns.max(axis=0)
    # A number that is not finite makes one of the ends so.
    varies = np.isfinite(lowest) & np.isfinite(highest) & (lowest < highest)
    columns[:, ~varies] = 0.0
    # Squares of very large or very small numbers would leave even float64.
    largest = np.maximum(np.abs(lowest), np.abs(highest))
    np.divide(columns, largest, out=columns, where=varies)
    columns -= columns.mean(axis=0)
    lengths = np.sqrt(np.einsum("nk,nk->k", columns, columns))
    np.divide(columns, lengths, out=columns, where=varies & (lengths > 0))
    return columns


def ranking(of_feature: Array) -> NDArray[np.intp]:
    """Return the units (H,), from 0, in the order of |r|, the largest first.

    Parameters
    ----------
    of_feature
        (H,) correlations with one feature.
    """
    return np.argsort(-np.abs(of_feature), kind="stable")


def chance_levels(units: Array, features: Array) -> Array:
    """Return the largest |r| among all units that chance alone exceeds in one of twenty tries.

    Chance is played on these very data: each feature is shifted against the text, in a circle, by
    many tokens, which leaves both it and the units as they are (a quotation stays as long, a unit
    as slow) and parts only one from the other. Of every shift the largest |r| counts. Tokens that
    follow each other are anything but independent, so that a formula for independent ones would
    promise far too little.

    Parameters
    ----------
    units
        (n, H).
    features
        (n, F).

    Returns
    -------
    Array
        (F,) float64; NaN where the text is too short for twenty different shifts.
    """
    length, count = len(units), features.shape[1]
    smallest = max(1, round(_SMALLEST_SHIFT * length))
    possible = np.arange(smallest, length - smallest + 1)
    # As many as make the level's rank a whole number: the measured r is one try among them.
    tries = int((min(len(possible), _SHIFTS) + 1) * CHANCE_SHARE) / CHANCE_SHARE
    if tries < 1 or not count:
        return np.full(count, np.nan)
    # Irregular, for regular ones could all agree with a rhythm of the text; and always the same.
    shifts = np.random.default_rng(_SEED).choice(possible, round(tries) - 1, replace=False)
    places = (np.arange(length)[:, np.newaxis] - shifts) % length
    shifted = standardized(features).astype(np.float32)[places].reshape(length, -1)
    by_unit = np.abs(standardized(units).astype(np.float32).T @ shifted)
    largest = by_unit.max(axis=0, initial=0.0).reshape(len(shifts), count)
    rank = round(tries * CHANCE_SHARE)
    levels: Array = np.sort(largest, axis=0)[-rank].astype(np.float64)
    return levels
