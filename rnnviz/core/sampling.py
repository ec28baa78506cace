"""Writing with a network, one token after another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnviz.core.network import Network
from rnnviz.core.parameters import Array


class Writer:
    """A network that reads a prompt and goes on from it.

    It looks at the network's weights as they are when it begins to write and never changes them;
    it has its own state and takes the random generator as an argument, so that writing does not
    disturb training.

    Parameters
    ----------
    network
        The network that writes.
    prompt
        Token ids to read first; at least one.
    never
        A token that is never written, such as that for unknown words.
    """

    def __init__(self, network: Network, prompt: Sequence[int], never: int | None = None) -> None:
        if not prompt:
            raise ValueError("a writer needs at least one token to start from")
        self._network = network
        self._tape = network.new_tape(1, 1)
        self._never = never
        self._logits: Array = self._tape.logits[0, 0]
        self._ones: Array = np.ones_like(self._logits)
        self._weights: Array = np.zeros_like(self._logits)
        self._scaled: Array = np.zeros_like(self._logits)
        self._cumulative: Array = np.zeros_like(self._logits)
        with np.errstate(all="ignore"):
            network.prepare(self._tape)
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
            Draws one number a token, none at temperature 0.

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
        numbers = rng.random(length).tolist() if temperature > 0 else [0.0] * length
        with np.errstate(all="ignore"):
            self._network.prepare(self._tape)
            inverse = np.array(1 / temperature if temperature else 0, self._logits.dtype)
            for number in numbers:
                token, probability = self._choose(inverse, number)
                tokens.append(token)
                probabilities.append(probability)
                self._read(token)
        return tokens, probabilities

    def _choose(self, inverse_temperature: Array, number: float) -> tuple[int, float]:
        """Take the token that `number`, from 0 to 1, falls on; return its probability too.

        With an inverse temperature of 0, which stands for a temperature of 0, take the likeliest.
        Calls are what this costs: an `argmax` is faster than a maximum, a product with ones faster
        than a sum.
        """
        logits, weights, scaled = self._logits, self._weights, self._scaled
        np.subtract(logits, logits[logits.argmax(), ...], scaled)
        np.exp(scaled, weights)
        total = np.dot(weights, self._ones)
        if self._never is not None:
            scaled[self._never] = -np.inf
            # The likeliest of the others may be far below it.
            np.subtract(scaled, scaled[scaled.argmax(), ...], scaled)
        if not inverse_temperature:
            token = int(scaled.argmax())
            return token, float(weights[token] / total)
        np.multiply(scaled, inverse_temperature, scaled)
        np.exp(scaled, scaled)
        cumulative = np.add.accumulate(scaled, out=self._cumulative)
        token = int(cumulative.searchsorted(number * cumulative[-1], "right"))
        if token == logits.size:
            # Rounded up to all of it, or the predictions are not finite.
            token = min(int(cumulative.searchsorted(cumulative[-1])), logits.size - 1)
        return token, float(weights[token] / total)

    def _read(self, token: int) -> None:
        self._tape.inputs[0, 0] = token
        self._tape.go_on()
        self._network.read(self._tape)
