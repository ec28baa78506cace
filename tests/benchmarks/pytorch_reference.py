"""PyTorch's side of ``speed.py``: its own cells as they are, and cells written out and compiled.

PyTorch is no dependency of this project; ``speed.py`` goes without where it is missing. Compiling
needs a C++ compiler too: `compiled_step` raises what `torch.compile` raises where there is none.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional

Work = Callable[[], object]

# A product with thousands of one-hot columns would be no comparison.
LARGEST_ONE_HOT = 1000
GATES = {"vanilla": 1, "lstm": 4, "gru": 3}


class LibraryNetwork(nn.Module):
    """One-hot rows or an embedding, PyTorch's own recurrent layer, the output."""

    def __init__(self, cell: str, hidden: int, vocabulary: int) -> None:
        super().__init__()
        kind = {"vanilla": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[cell]
        self.vocabulary = vocabulary
        self.embedding = nn.Embedding(vocabulary, hidden) if vocabulary > LARGEST_ONE_HOT else None
        self.rnn = kind(hidden if self.embedding else vocabulary, hidden)
        self.head = nn.Linear(hidden, vocabulary)

    def forward(self, ids, state):  # type: ignore[no-untyped-def]
        if self.embedding is None:
            x = functional.one_hot(ids, self.vocabulary).float()
        else:
            x = self.embedding(ids)
        hidden_states, state = self.rnn(x, state)
        return self.head(hidden_states), state


class UnrolledNetwork(nn.Module):
    """The same network with its time loop written out, so that a compiler can fuse it.

    A token picks its row of the input's weights, as in the package; beyond `LARGEST_ONE_HOT` there
    is an embedding in front, as in `LibraryNetwork`.
    """

    def __init__(self, cell: str, hidden: int, vocabulary: int) -> None:
        super().__init__()
        width = GATES[cell] * hidden
        self.cell = cell
        self.is_large = vocabulary > LARGEST_ONE_HOT
        self.tokens = nn.Embedding(vocabulary, hidden if self.is_large else width)
        self.widen = nn.Linear(hidden, width, bias=False) if self.is_large else None
        self.recurrent = nn.Linear(hidden, width)
        self.head = nn.Linear(hidden, vocabulary)
        nn.init.normal_(self.tokens.weight, std=hidden**-0.5)

    def forward(self, ids, state):  # type: ignore[no-untyped-def]
        x = self.tokens(ids)
        if self.widen is not None:
            x = self.widen(x)
        one_step, outputs = getattr(self, f"_{self.cell}"), []
        for x_t in x:
            state = one_step(x_t, self.recurrent(state[0]), *state)
            outputs.append(state[0])
        return self.head(torch.stack(outputs)), state

    def _vanilla(self, x, a, h):  # type: ignore[no-untyped-def]
        return (torch.tanh(x + a),)

    def _lstm(self, x, a, h, c):  # type: ignore[no-untyped-def]
        i, f, g, o = (x + a).chunk(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c

    def _gru(self, x, a, h):  # type: ignore[no-untyped-def]
        (x_r, x_z, x_n), (a_r, a_z, a_n) = x.chunk(3, dim=1), a.chunk(3, dim=1)
        n = torch.tanh(x_n + torch.sigmoid(x_r + a_r) * a_n)
        return (n + torch.sigmoid(x_z + a_z) * (h - n),)


def eager_step(cell: str, hidden: int, batch: int, length: int, vocabulary: int) -> Work:
    """Return a training step of PyTorch's own cell on random tokens."""
    network = LibraryNetwork(cell, hidden, vocabulary)

    def forward(ids, targets, state):  # type: ignore[no-untyped-def]
        logits, state = network(ids, state)
        return _loss(logits, targets), state

    return _training(network, forward, None, batch, length, vocabulary)


def compiled_step(cell: str, hidden: int, batch: int, length: int, vocabulary: int) -> Work:
    """Return a training step of the cell written out, forward, loss and way back compiled.

    It is compiled before this returns, which takes a minute or, for long windows, many.
    """
    network = UnrolledNetwork(cell, hidden, vocabulary)

    def forward(ids, targets, state):  # type: ignore[no-untyped-def]
        logits, state = network(ids, state)
        return _loss(logits, targets), state

    zeros = torch.zeros(batch, hidden)
    state = (zeros, zeros) if cell == "lstm" else (zeros,)
    work = _training(network, torch.compile(forward), state, batch, length, vocabulary)
    work()
    return work


def writing(cell: str, hidden: int, vocabulary: int, count: int) -> Work:
    """Return what writes `count` tokens one by one, each drawn from the last one's probabilities.

    It is asked what the network gave each token, too, as the package tells it.
    """
    network = LibraryNetwork(cell, hidden, vocabulary)

    @torch.inference_mode()
    def write() -> None:
        token, state = torch.zeros((1, 1), dtype=torch.long), None
        written = []
        for _ in range(count):
            logits, state = network(token, state)
            drawn = torch.multinomial(torch.softmax(logits[0, 0] / 0.5, -1), 1)
            given = torch.softmax(logits[0, 0], -1)[drawn]
            written.append((drawn.item(), given.item()))
            token = drawn.reshape(1, 1)

    return write


def _loss(logits, targets):  # type: ignore[no-untyped-def]
    """Return the sum over the steps, averaged over the batch."""
    every = functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum")
    return every / targets.shape[1]


def _training(network, forward, state, batch, length, vocabulary) -> Work:  # type: ignore[no-untyped-def]
    """Return window, forward, loss, backward, clipping by norm, fused Adagrad, carried state."""
    optimizer = torch.optim.Adagrad(network.parameters(), lr=0.01, fused=True)
    ids = torch.randint(0, vocabulary, (40 * length + 1, batch))
    place = 0

    def step() -> float:
        nonlocal place, state
        place = place + length if place + 2 * length < len(ids) else 0
        window = ids[place : place + length + 1]
        loss, after = forward(window[:-1], window[1:], state)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 100.0)
        optimizer.step()
        state = tuple(s.detach() for s in after) if isinstance(after, tuple) else after.detach()
        return float(loss.detach())

    return step
