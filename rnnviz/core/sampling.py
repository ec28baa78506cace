"""Writing with a network, one token after another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnviz.core.loss import softmax
from rnnviz.core.network import Network
from rnnviz.core.parameters import Array

TOKENS_AT_A_TIME = 64
"""How many tokens are written at once: what can be done for all of them together, is."""


class Sampler:
    """A network that reads a prompt and goes on from it.

    It looks at the network's weights as they are when it begins to write and never changes them;
    it has its own state and takes the random generator as an argument, so that writing does not
    disturb training.

    Tokens are drawn by the Gumbel-max trick: the largest of ``o / temperature + g``, where each g
    is drawn from Gumbel's distribution, is token k with the probability that softmax(o /
    temperature) gives it (Maddison, Tarlow & Minka 2014). The noise for many tokens is drawn at
    once, and a token costs one addition and one search: the whole of writing is 1.4 to 1.7 times as
    fast as with a cumulative sum for each.

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
            raise ValueError("a sampler needs at least one token to read first")
        self._network = network
        self._reader = _Reader(network)
        self._never = never
        with np.errstate(all="ignore"):
            network.prepare(self._reader.tape)
            for token in prompt:
                self._reader.read(token)

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
            Draws as many numbers a token as there are tokens, none at temperature 0.

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
            self._network.prepare(self._reader.tape)
            while len(tokens) < length:
                first = self._reader.row
                count = min(TOKENS_AT_A_TIME - first, length - len(tokens))
                chosen = self._choose(self._noise(count, temperature, rng))
                predicted = softmax(self._reader.logits[first : first + count])
                tokens += chosen
                probabilities += predicted[range(count), chosen].tolist()
                self._reader.read(chosen[-1])
        return tokens, probabilities

    def _choose(self, noise: Array) -> list[int]:
        """Take a token for each row of `noise`, reading all of them but the last."""
        reader, chosen = self._reader, list[int]()
        add, read, logits, first = np.add, reader.read, reader.logit_rows, reader.row
        for row, added in enumerate(noise, start=first):
            if row > first:
                read(chosen[-1])
            add(added, logits[row], added)
            token = int(added.argmax())
            if token == self._never:
                token = (token + 1) % added.size  # the predictions are not finite
            chosen.append(token)
        return chosen

    def _noise(self, count: int, temperature: float, rng: np.random.Generator) -> Array:
        """Return (count, V), what is added to the logits: `temperature` times g."""
        shape = (count, self._network.vocab_size)
        if temperature == 0:
            noise = np.zeros(shape, self._network.dtype)
        else:
            # The logarithm of an exponential variable is Gumbel's, its sign turned.
            drawn = rng.standard_exponential(shape)
            np.maximum(drawn, np.finfo(drawn.dtype).tiny, out=drawn)
            np.log(drawn, out=drawn)
            np.multiply(drawn, -temperature, out=drawn)
            noise = drawn.astype(self._network.dtype)
        if self._never is not None:
            noise[:, self._never] = -np.inf
        return noise


class _Reader:
    """The forward pass of one stream, one token at a time.

    It goes on along a tape as if a window were read, and begins again at the tape's first step
    when it has come to its last. At one token the calls are what costs, so the rows that each
    step reads and writes stand ready.

    Attributes
    ----------
    tape
        To be prepared by the network when its weights have changed.
    logits, logit_rows
        (steps, V): what the network predicts after each token; and the same as a list of rows.
    row
        Which of them is the last token's.
    """

    def __init__(self, network: Network) -> None:
        self.tape = network.new_tape(TOKENS_AT_A_TIME, 1)
        self.logits: Array = self.tape.logits[:, 0]
        self.logit_rows: list[Array] = list(self.logits)
        self.row = -1
        self._steps = [slice(step, step + 1) for step in range(TOKENS_AT_A_TIME)]
        parameters, layers = network.parameters, self.tape.layers
        self._tokens, self._bias = parameters["U1"], parameters["b1"]
        self._projection = [projected[0] for projected in layers[0].projected]
        self._first, self._first_tape = network.cells[0], layers[0]
        self._above = [
            (
                network.cells[index],
                layers[index],
                parameters[f"U{index + 1}"],
                parameters[f"b{index + 1}"],
                list(self.tape.outputs[index - 1]),
                layers[index].projected,
                list(layers[index].hidden),
                list(self.tape.outputs[index]),
            )
            for index in range(1, network.num_layers)
        ]
        self._residual = network.architecture.residual
        self._weights, self._added = parameters["V"], parameters["c"]
        self._last = list(self.tape.outputs[-1][:, 0])

    def read(self, token: int) -> None:
        """Read one more token."""
        row = self.row + 1
        if row == TOKENS_AT_A_TIME:
            self.tape.go_on()
            row = 0
        self.row, steps, add = row, self._steps[row], np.add
        projection = self._projection[row]
        add(self._tokens[token], self._bias, projection)
        self._first_tape.rescale(projection)
        self._first.forward(self._first_tape, steps)
        for cell, layer, weights, bias, below, projection, hidden, output in self._above:
            below[row].dot(weights, projection[row])
            add(projection[row], bias, projection[row])
            layer.rescale(projection[row])
            cell.forward(layer, steps)
            if self._residual:
                add(hidden[row], below[row], output[row])
        logits = self.logit_rows[row]
        self._last[row].dot(self._weights, logits)
        add(logits, self._added, logits)
