"""A longer text, read now and then to see what each unit follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from rnnviz.core.network import Network
from rnnviz.core.parameters import Array
from rnnviz.core.sparse_rows import Ids
from rnnviz.core.tape import NetworkTape
from rnnviz.data import TokenVocabulary, text_features
from rnnviz.diagnostics.units import (
    LEAST_HELD_OUT,
    READ,
    WINDOW,
    UnitsReading,
    read_units,
    states_while_reading,
)
from rnnviz.training.observation.kinds.of_window import StepContext, WindowDiagnostic

SHOWN = 600
"""The last tokens that are read, whose states a snapshot carries."""


@dataclass(frozen=True, slots=True, eq=False)
class UnitsView:
    """What the units follow.

    Attributes
    ----------
    source
        What was read, such as "the held-out text".
    reading
        The activations and correlations.
    """

    source: str
    reading: UnitsReading


class UnitReader:
    """Has a network read a stretch of text on a tape and a state of its own.

    The same stretch every time, so that only the weights make a difference: the beginning of the
    held-out text where there is one, else of the training text; where there is neither, what the
    network writes itself. It begins with a state of zeros and goes on to the end, and touches
    nothing of the run.

    Parameters
    ----------
    network
        Of the run.
    vocabulary
        Of the run.
    name, ids
        What the text is called, and its tokens; both empty where there is no text at all.
    write
        Returns what the network writes; asked only where there is no text.
    """

    def __init__(
        self,
        network: Network,
        vocabulary: TokenVocabulary,
        name: str,
        ids: Ids,
        write: Callable[[], str],
    ) -> None:
        self._network = network
        self._vocabulary = vocabulary
        self._write = write
        self._tape: NetworkTape | None = None
        self._source, self._ids = name, ids
        self._tokens: tuple[str, ...] = ()
        self._features: Mapping[str, Array] = {}

    def read(self) -> UnitsView:
        """Read the stretch with the weights as they are now."""
        if not self._source:
            written = self._vocabulary.encode(self._write(), unknown="skip")
            # A network that knows no token of what it writes still has to read something.
            self._take_text(np.asarray(written if written.size else [0]))
        elif not self._tokens:
            self._take_text(self._ids)
        if self._tape is None:
            self._tape = self._network.new_tape(WINDOW, 1)
        states = states_while_reading(self._network, self._ids, self._tape)
        reading = read_units(states, self._tokens, self._features, SHOWN)
        source = self._source or "what the network wrote itself"
        return UnitsView(source, reading)

    def _take_text(self, ids: Ids) -> None:
        self._ids = ids.astype(np.intp)
        self._tokens = tuple(self._vocabulary.pieces(self._ids))
        self._features = text_features(self._tokens, self._vocabulary.noun)


def _measure(context: StepContext) -> UnitsView | None:
    """Read a longer text than a window, where there is one."""
    vocabulary = context.dataset.vocabulary
    text = context.dataset.text_to_read(READ, LEAST_HELD_OUT)
    if text is None:
        return None
    reader = context.probes.of(
        UNITS,
        context.tape.sequence_length,
        lambda: UnitReader(context.network, vocabulary, *text, context.write),
    )
    return reader.read()


UNITS = WindowDiagnostic("units", _measure, reads_own_text=True)
"""Not of the window itself, but measured with it."""
