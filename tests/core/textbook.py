"""The textbook's recurrent networks: one column vector, one time step, one stream at a time.

The oracle for `rnnviz.core`, written from the equations and sharing no code with it. Slow on
purpose: nothing is batched, gathered or reused, so that every line is a line of the chapter. With
y_t the output of the topmost layer::

    o_t = c + V y_t      p_t = softmax(o_t)      L = - (1/B) sum_t sum_streams log p_t[target_t]

The first layer reads the token. Layer l above it reads x = m * y of layer l-1, m being a mask of
dropout, and hands up y = h, or y = h + x in a residual stack; the first layer always y = h.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

Vector = np.ndarray  # (n, 1)
Matrix = np.ndarray
State = dict[str, Vector]  # "h", and "c" of an LSTM


def sigmoid(a: Vector) -> Vector:
    return np.array([[1 / (1 + math.exp(-entry))] for entry in a[:, 0]])


def sigmoid_prime(a: Vector) -> Vector:
    return np.array([[1 / (2 * math.cosh(entry / 2)) ** 2] for entry in a[:, 0]])


def tanh(a: Vector) -> Vector:
    return np.array([[math.tanh(entry)] for entry in a[:, 0]])


def tanh_prime(a: Vector) -> Vector:
    return np.array([[1 / math.cosh(entry) ** 2] for entry in a[:, 0]])


def relu(a: Vector) -> Vector:
    return np.array([[entry if entry > 0 else 0.0] for entry in a[:, 0]])


def relu_prime(a: Vector) -> Vector:
    return np.array([[1.0 if entry > 0 else 0.0] for entry in a[:, 0]])


def softmax(o: Vector) -> Vector:
    largest = max(o[:, 0])
    exponentials = [math.exp(entry - largest) for entry in o[:, 0]]
    total = math.fsum(exponentials)
    return np.array([[entry / total] for entry in exponentials])


def one_hot(token: int, size: int) -> Vector:
    x = np.zeros((size, 1))
    x[token, 0] = 1
    return x


@dataclass
class Step:
    """One layer's forward step: x_t, the states before and after it, a_t by gate."""

    x: Vector
    before: State
    after: State
    a: dict[str, Vector]


@dataclass
class BackwardStep:
    """One layer's backward step: the whole of dL/dh_t (and dL/dc_t), and what it sends on."""

    d_after: State
    d_x: Vector
    d_before: State


@dataclass
class Layer(ABC):
    """A cell's parameters: every U is (H, n), every W (H, H), every b (H, 1)."""

    def arrays(self) -> dict[str, np.ndarray]:
        return {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)}

    def zeros(self) -> Self:
        return replace(self, **{name: np.zeros(x.shape) for name, x in self.arrays().items()})

    @abstractmethod
    def forward(self, x: Vector, before: State) -> Step:
        """Read x_t."""

    @abstractmethod
    def backward(self, step: Step, arriving: State, gradient: Self) -> BackwardStep:
        """Add the step's gradients to `gradient`.

        `arriving` is dL/dh_t from above and from step t+1, and dL/dc_t from step t+1.
        """


@dataclass
class VanillaLayer(Layer):
    """The vanilla cell, f being tanh or ReLU.

    a = b + W h' + U x      h = f(a)
    """

    U: Matrix
    W: Matrix
    b: Vector
    activation: str

    def forward(self, x: Vector, before: State) -> Step:
        f = {"tanh": tanh, "relu": relu}[self.activation]
        a = self.b + self.W @ before["h"] + self.U @ x
        return Step(x, before, {"h": f(a)}, {"h": a})

    def backward(self, step: Step, arriving: State, gradient: Self) -> BackwardStep:
        f_prime = {"tanh": tanh_prime, "relu": relu_prime}[self.activation]
        dh = arriving["h"]
        da = f_prime(step.a["h"]) * dh
        gradient.b += da
        gradient.W += da @ step.before["h"].T
        gradient.U += da @ step.x.T
        return BackwardStep({"h": dh}, self.U.T @ da, {"h": self.W.T @ da})


@dataclass
class LSTMLayer(Layer):
    """The LSTM with a forget gate and without peepholes.

    a_k = b_k + W_k h' + U_k x, for k = i, f, o, g
    i = sigmoid(a_i)      f = sigmoid(a_f)      o = sigmoid(a_o)      g = tanh(a_g)
    c = f * c' + i * g    h = o * tanh(c)
    """

    U_i: Matrix
    W_i: Matrix
    b_i: Vector
    U_f: Matrix
    W_f: Matrix
    b_f: Vector
    U_o: Matrix
    W_o: Matrix
    b_o: Vector
    U_g: Matrix
    W_g: Matrix
    b_g: Vector

    def forward(self, x: Vector, before: State) -> Step:
        a_i = self.b_i + self.W_i @ before["h"] + self.U_i @ x
        a_f = self.b_f + self.W_f @ before["h"] + self.U_f @ x
        a_o = self.b_o + self.W_o @ before["h"] + self.U_o @ x
        a_g = self.b_g + self.W_g @ before["h"] + self.U_g @ x
        c = sigmoid(a_f) * before["c"] + sigmoid(a_i) * tanh(a_g)
        h = sigmoid(a_o) * tanh(c)
        return Step(x, before, {"h": h, "c": c}, {"i": a_i, "f": a_f, "o": a_o, "g": a_g})

    def backward(self, step: Step, arriving: State, gradient: Self) -> BackwardStep:
        a_i, a_f, a_o, a_g = (step.a[gate] for gate in "ifog")
        x, h_before, c_before, c = step.x, step.before["h"], step.before["c"], step.after["c"]
        dh = arriving["h"]
        dc = arriving["c"] + sigmoid(a_o) * tanh_prime(c) * dh
        da_o = sigmoid_prime(a_o) * tanh(c) * dh
        da_f = sigmoid_prime(a_f) * c_before * dc
        da_i = sigmoid_prime(a_i) * tanh(a_g) * dc
        da_g = tanh_prime(a_g) * sigmoid(a_i) * dc
        gradient.b_i += da_i
        gradient.b_f += da_f
        gradient.b_o += da_o
        gradient.b_g += da_g
        gradient.W_i += da_i @ h_before.T
        gradient.W_f += da_f @ h_before.T
        gradient.W_o += da_o @ h_before.T
        gradient.W_g += da_g @ h_before.T
        gradient.U_i += da_i @ x.T
        gradient.U_f += da_f @ x.T
        gradient.U_o += da_o @ x.T
        gradient.U_g += da_g @ x.T
        dx = self.U_i.T @ da_i + self.U_f.T @ da_f + self.U_o.T @ da_o + self.U_g.T @ da_g
        dh_before = self.W_i.T @ da_i + self.W_f.T @ da_f + self.W_o.T @ da_o + self.W_g.T @ da_g
        dc_before = sigmoid(a_f) * dc
        return BackwardStep({"h": dh, "c": dc}, dx, {"h": dh_before, "c": dc_before})


@dataclass
class GRULayer(Layer):
    """The GRU that resets after the matrix product, with a bias d inside the reset.

    a_k = b_k + W_k h' + U_k x, for k = r, z      r = sigmoid(a_r)      z = sigmoid(a_z)
    s = d + W_n h'      a_n = b_n + r * s + U_n x      n = tanh(a_n)
    h = (1 - z) * n + z * h'
    """

    U_r: Matrix
    W_r: Matrix
    b_r: Vector
    U_z: Matrix
    W_z: Matrix
    b_z: Vector
    U_n: Matrix
    W_n: Matrix
    b_n: Vector
    d: Vector

    def forward(self, x: Vector, before: State) -> Step:
        a_r = self.b_r + self.W_r @ before["h"] + self.U_r @ x
        a_z = self.b_z + self.W_z @ before["h"] + self.U_z @ x
        s = self.d + self.W_n @ before["h"]
        a_n = self.b_n + sigmoid(a_r) * s + self.U_n @ x
        z = sigmoid(a_z)
        h = (1 - z) * tanh(a_n) + z * before["h"]
        return Step(x, before, {"h": h}, {"r": a_r, "z": a_z, "n": a_n})

    def backward(self, step: Step, arriving: State, gradient: Self) -> BackwardStep:
        a_r, a_z, a_n = (step.a[gate] for gate in "rzn")
        x, h_before = step.x, step.before["h"]
        s = self.d + self.W_n @ h_before
        dh = arriving["h"]
        da_z = sigmoid_prime(a_z) * (h_before - tanh(a_n)) * dh
        da_n = tanh_prime(a_n) * (1 - sigmoid(a_z)) * dh
        da_r = sigmoid_prime(a_r) * s * da_n
        ds = sigmoid(a_r) * da_n
        gradient.b_r += da_r
        gradient.b_z += da_z
        gradient.b_n += da_n
        gradient.d += ds
        gradient.W_r += da_r @ h_before.T
        gradient.W_z += da_z @ h_before.T
        gradient.W_n += ds @ h_before.T
        gradient.U_r += da_r @ x.T
        gradient.U_z += da_z @ x.T
        gradient.U_n += da_n @ x.T
        dx = self.U_r.T @ da_r + self.U_z.T @ da_z + self.U_n.T @ da_n
        through_the_gates = self.W_r.T @ da_r + self.W_z.T @ da_z + self.W_n.T @ ds
        dh_before = sigmoid(a_z) * dh + through_the_gates
        return BackwardStep({"h": dh}, dx, {"h": dh_before})


@dataclass
class Textbook:
    """A stack of layers, V (vocabulary, H) and c (vocabulary, 1)."""

    layers: list[Layer]
    V: Matrix
    c: Vector
    residual: bool = False

    def zeros(self) -> Textbook:
        layers = [layer.zeros() for layer in self.layers]
        return Textbook(layers, np.zeros(self.V.shape), np.zeros(self.c.shape), self.residual)

    def arrays(self) -> dict[str, np.ndarray]:
        """Every parameter by name and layer, such as ``U_i of layer 2``."""
        named = {
            f"{name} of layer {number}": array
            for number, layer in enumerate(self.layers, start=1)
            for name, array in layer.arrays().items()
        }
        return {**named, "V": self.V, "c": self.c}


@dataclass
class LiveText:
    """What one stream's pass leaves behind; `steps` is [t][layer], `masks` [layer][t]."""

    masks: list[list[Vector]]
    steps: list[list[Step]]
    y: list[Vector]
    o: list[Vector]


def forward(
    model: Textbook, tokens: list[int], start: list[State], masks: list[list[Vector]]
) -> LiveText:
    """Read `tokens` (T) from the states `start`; the masks are of every layer but the last."""
    stream = LiveText(masks, [], [], [])
    before = start
    for t, token in enumerate(tokens):
        y = one_hot(token, model.c.shape[0])
        steps: list[Step] = []
        for number, layer in enumerate(model.layers):
            x = masks[number - 1][t] * y if number > 0 else y
            step = layer.forward(x, before[number])
            y = step.after["h"] + x if model.residual and number > 0 else step.after["h"]
            steps.append(step)
        stream.steps.append(steps)
        stream.y.append(y)
        stream.o.append(model.c + model.V @ y)
        before = [step.after for step in steps]
    return stream


def loss(streams: list[LiveText], targets: list[list[int]]) -> float:
    """Return L; `targets` is [stream][t]."""
    losses = [
        -math.log(softmax(o)[target, 0])
        for stream, stream_targets in zip(streams, targets, strict=True)
        for o, target in zip(stream.o, stream_targets, strict=True)
    ]
    return math.fsum(losses) / len(streams)


def loss_gradient(stream: LiveText, targets: list[int], batch_size: int) -> list[Vector]:
    """Return dL/do_t = (p_t - onehot(target_t)) / B for every t."""
    return [
        (softmax(o) - one_hot(target, o.shape[0])) / batch_size
        for o, target in zip(stream.o, targets, strict=True)
    ]


def backward(
    model: Textbook, stream: LiveText, do: list[Vector], gradients: Textbook
) -> list[list[State]]:
    """Add one stream's gradients to `gradients`; return dL/dh (and dL/dc), indexed [t][layer]."""
    from_later = [
        {name: np.zeros(column.shape) for name, column in step.after.items()}
        for step in stream.steps[-1]
    ]
    d_states: list[list[State]] = [[{} for _ in model.layers] for _ in do]
    for t in reversed(range(len(do))):
        gradients.V += do[t] @ stream.y[t].T
        gradients.c += do[t]
        dy = model.V.T @ do[t]
        for number in reversed(range(len(model.layers))):
            arriving = {**from_later[number], "h": from_later[number]["h"] + dy}
            step = model.layers[number].backward(
                stream.steps[t][number], arriving, gradients.layers[number]
            )
            d_states[t][number] = step.d_after
            from_later[number] = step.d_before
            if number > 0:
                dx = step.d_x + dy if model.residual else step.d_x
                dy = stream.masks[number - 1][t] * dx
    return d_states
