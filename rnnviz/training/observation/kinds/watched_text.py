"""A text that holds still while the network learns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.loss import LossName, window_loss
from rnnviz.core.network import Network
from rnnviz.core.tape import NetworkTape
from rnnviz.data import DataError, Dataset, Window
from rnnviz.training.observation.kinds.probe_cache import ProbeCache
from rnnviz.training.problems.problem import Problem


class WatchedText:
    """Has a network read the same window again and again, by a pass of its own.

    It begins with a state of zeros, drops nothing, and has buffers and probes of its own: nothing
    of training is touched.

    Parameters
    ----------
    network
        Of the run.
    window
        Of one stream.
    loss
        Of the run.

    Attributes
    ----------
    probes
        What the window is measured with.
    """

    def __init__(self, network: Network, window: Window, loss: LossName) -> None:
        self._network = network
        self._window = window
        self._loss = loss
        self._tape: NetworkTape | None = None
        self.probes = ProbeCache()

    @property
    def shape(self) -> tuple[int, int]:
        """T and B."""
        return len(self._window.inputs), 1

    @property
    def targets(self) -> NDArray[np.generic]:
        """As the window has them."""
        return self._window.targets

    def read(self) -> NetworkTape:
        """Read it with the weights as they are, and send its loss back through time."""
        if self._tape is None:
            self._tape = self._network.new_tape(*self.shape)
        tape = self._tape
        self._network.forward(self._window.inputs, self._network.zero_state(1), tape)
        window_loss(tape, self._window.targets, self._loss)
        self._network.backward_through_time(tape)
        return tape


def watchable(
    problem: Problem[Dataset], dataset: Dataset, text: str
) -> tuple[str, tuple[str, ...]]:
    """Return what of a text that a person gives can be watched, and what is to be said of it.

    Returns
    -------
    text
        Empty where none of it can be.
    notices
        Sentences about what was left out, or why nothing is watched.
    """
    if not text:
        return "", ()
    try:
        known, left_out = problem.known_part(dataset, text)
        _, notices = problem.watched_window(dataset, known)
    except DataError as error:
        return "", (f"{error} The next window is shown, and not the watched text.",)
    return known, left_out + notices


def kept(problem: Problem[Dataset], dataset: Dataset, text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text that a run which begins goes on with, and what is to be said of it.

    It is all of it or nothing: of runs that are compared, none may read another text.
    """
    if not text:
        return "", ()
    try:
        _, notices = problem.watched_window(dataset, text)
    except DataError as error:
        return "", (f"{error} The watched text is let go.",)
    return text, notices
