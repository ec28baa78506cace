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


def watched_window(
    problem: Problem[Dataset], dataset: Dataset, text: str
) -> tuple[Window | None, tuple[str, ...]]:
    """Return the window that a watched text is, and what is to be said of it.

    Returns
    -------
    window
        None where the text is none: the next window is looked at then.
    notices
        Sentences about what was left out, or why there is no window.
    """
    if not text:
        return None, ()
    try:
        return problem.watched_window(dataset, text)
    except DataError as error:
        return None, (f"{error} The next window is shown, and not the watched text.",)
