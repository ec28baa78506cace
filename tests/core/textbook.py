"""The textbook's recurrent network: one column vector, one time step, one stream at a time.

The oracle for `rnnviz.core`, written from the equations and sharing no code with it. Slow on
purpose: nothing is batched, gathered or reused, so that every line is a line of the chapter. ::

    a_t = b + W h_{t-1} + U x_t      h_t = f(a_t)      o_t = c + V h_t      p_t = softmax(o_t)
    L   = - (1/B) sum_t sum_streams log p_t[y_t]

A stack of layers reads the layer below instead of x_t.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

Vector = np.ndarray  # (n, 1)
Matrix = np.ndarray


@dataclass
class Layer:
    """U (H, n), W (H, H), b (H, 1)."""

    U: Matrix
    W: Matrix
    b: Vector

    def zeros(self) -> Layer:
        return Layer(np.zeros(self.U.shape), np.zeros(self.W.shape), np.zeros(self.b.shape))


@dataclass
class Textbook:
    """A stack of layers, V (vocabulary, H), c (vocabulary, 1), and f: "tanh" or "relu"."""

    layers: list[Layer]
    V: Matrix
    c: Vector
    activation: str

    def zeros(self) -> Textbook:
        layers = [layer.zeros() for layer in self.layers]
        return Textbook(layers, np.zeros(self.V.shape), np.zeros(self.c.shape), self.activation)


@dataclass
class Stream:
    """What one stream's pass leaves behind; lists are indexed [t][layer] or [t]."""

    x: list[Vector]
    h_start: list[Vector]
    a: list[list[Vector]]
    h: list[list[Vector]]
    o: list[Vector]


def f(activation: str, a: float) -> float:
    if activation == "tanh":
        return math.tanh(a)
    return a if a > 0 else 0.0


def f_prime(activation: str, a: float) -> float:
    if activation == "tanh":
        return 1 / math.cosh(a) ** 2 if abs(a) < 300 else 0.0
    return 1.0 if a > 0 else 0.0


def one_hot(token: int, size: int) -> Vector:
    x = np.zeros((size, 1))
    x[token, 0] = 1
    return x


def softmax(o: Vector) -> Vector:
    largest = max(o[:, 0])
    exponentials = [math.exp(entry - largest) for entry in o[:, 0]]
    total = math.fsum(exponentials)
    return np.array([[entry / total] for entry in exponentials])


def forward(model: Textbook, tokens: list[int], h_start: list[Vector]) -> Stream:
    """Read `tokens` (T) from the states `h_start`, one column a layer."""
    vocab_size = model.c.shape[0]
    stream = Stream([one_hot(token, vocab_size) for token in tokens], h_start, [], [], [])
    h_before = h_start
    for x in stream.x:
        below, a_t, h_t = x, [], []
        for layer, h_previous in zip(model.layers, h_before, strict=True):
            a = layer.b + layer.W @ h_previous + layer.U @ below
            h = np.array([[f(model.activation, entry)] for entry in a[:, 0]])
            a_t.append(a)
            h_t.append(h)
            below = h
        stream.a.append(a_t)
        stream.h.append(h_t)
        stream.o.append(model.c + model.V @ below)
        h_before = h_t
    return stream


def loss(streams: list[Stream], targets: list[list[int]]) -> float:
    """Return L; `targets` is [stream][t]."""
    losses = [
        -math.log(softmax(o)[y, 0])
        for stream, stream_targets in zip(streams, targets, strict=True)
        for o, y in zip(stream.o, stream_targets, strict=True)
    ]
    return math.fsum(losses) / len(streams)


def loss_gradient(stream: Stream, targets: list[int], batch_size: int) -> list[Vector]:
    """Return dL/do_t = (p_t - onehot(y_t)) / B for every t."""
    vocab_size = stream.o[0].shape[0]
    return [
        (softmax(o) - one_hot(y, vocab_size)) / batch_size
        for o, y in zip(stream.o, targets, strict=True)
    ]


def backward(
    model: Textbook, stream: Stream, do: list[Vector], gradients: Textbook
) -> list[list[Vector]]:
    """Add one stream's gradients to `gradients`; return dL/dh, indexed [t][layer]."""
    depth = len(model.layers)
    from_later = [np.zeros(layer.b.shape) for layer in model.layers]
    dh_all: list[list[Vector]] = [[] for _ in do]
    for t in reversed(range(len(do))):
        gradients.V += do[t] @ stream.h[t][-1].T
        gradients.c += do[t]
        from_above = model.V.T @ do[t]
        dh_t: list[Vector] = [from_above] * depth
        h_before = stream.h[t - 1] if t > 0 else stream.h_start
        for number in reversed(range(depth)):
            layer, gradient = model.layers[number], gradients.layers[number]
            dh = from_above + from_later[number]
            a = stream.a[t][number]
            da = np.array([[f_prime(model.activation, entry)] for entry in a[:, 0]]) * dh
            below = stream.h[t][number - 1] if number > 0 else stream.x[t]
            gradient.b += da
            gradient.W += da @ h_before[number].T
            gradient.U += da @ below.T
            from_later[number] = layer.W.T @ da
            from_above = layer.U.T @ da
            dh_t[number] = dh
        dh_all[t] = dh_t
    return dh_all
