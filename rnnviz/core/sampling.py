"""Writing with a network, one token after another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnviz.core.loss import softmax
from rnnviz.core.network import Network, State


class Writer:
    """A network that reads a prompt and goes on from it.

    It looks at the network's current weights at every token and never changes them; it has its
    own state and takes the random generator as an argument, so that writing does not disturb
    training.

    Parameters
    ----------
    network
        The network that writes.
    prompt
        Token ids to read first; at least one.
    """

    def __init__(self, network: Network, prompt: Sequence[int]) -> None:
        if not prompt:
            raise ValueError("a writer needs at least one token to start from")
        self._network = network
        self._tape = network.new_tape(1, 1)
        self._state: State = network.zero_state(1)
        self._input = np.zeros((1, 1), np.intp)
        with np.errstate(all="ignore"):
            for token in prompt:
                self._read(token)

    def write(
        self, length: int, temperature: float, rng: np.random.Generator
    ) -> tuple[list[int], list[float]]:
        """Write `length` tokens.

        Parameters
        ----------
        length
            How many.
        temperature
            Divides the logits before sampling: below 1 bolder, above 1 wilder, 0 always takes
            the likeliest token.
        rng
            Draws one number a token.

        Returns
        -------
        tokens
            The ids written.
        probabilities
            What the network itself (at temperature 1) gave each of them; NaN where its
            predictions are not finite.
        """
        tokens: list[int] = []
        probabilities: list[float] = []
        with np.errstate(all="ignore"):
            for _ in range(length):
                logits = self._tape.logits[0, 0].astype(np.float64)
                given = softmax(logits)
                token = _draw(logits, given, temperature, rng)
                tokens.append(token)
                probabilities.append(float(given[token]))
                self._read(token)
        return tokens, probabilities

    def _read(self, token: int) -> None:
        self._input[0, 0] = token
        self._network.forward(self._input, self._state, self._tape)
        self._state = self._tape.final_state()


def _draw(
    logits: np.ndarray, given: np.ndarray, temperature: float, rng: np.random.Generator
) -> int:
    if temperature == 0:
        return int(logits.argmax())
    weights = given if temperature == 1 else softmax(logits / temperature)
    cumulative = weights.cumsum()
    drawn = int(cumulative.searchsorted(rng.random() * cumulative[-1], side="right"))
    return min(drawn, logits.size - 1)
