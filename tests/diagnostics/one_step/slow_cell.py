"""A cell that the program does not have: a second state, and a second recurrent matrix."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnviz.core.cells import VanillaCell
from rnnviz.core.cells.base import Cell
from rnnviz.core.cells.declaration import HIDDEN, ParameterSpec, StateSpec
from rnnviz.core.cells.lines import Line, Lines
from rnnviz.core.parameters import Array


class SlowCell(VanillaCell):
    """A vanilla cell that also reads a state that follows h slowly; it goes step by step only."""

    name = "slow"
    title = "slow RNN"
    states = (HIDDEN, StateSpec("s", "slow state"))
    parameters = (*Cell.parameters, ParameterSpec("Z", "recurrent", "weight_slow"))
    adds_the_products = False

    def step(self, parameters: Mapping[str, Array], x: Array, before: Mapping[str, Array]) -> Lines:
        lines = Lines()
        U, W, Z, b = (parameters[letter] for letter in "UWZb")
        a = b + before["h"] @ W + before["s"] @ Z + x @ U
        lines.write("a", "a_t = b + W h_{t-1} + Z s_{t-1} + U x_t", a)
        h = lines.write("h", "h_t = tanh(a_t)", np.tanh(a))
        lines.write("s", "s_t = 0.9 * s_{t-1} + 0.1 * h_t", 0.9 * before["s"] + 0.1 * h)
        return lines

    def step_back(
        self,
        parameters: Mapping[str, Array],
        before: Mapping[str, Array],
        step: Mapping[str, Array],
        arriving: Lines,
    ) -> Lines:
        lines = Lines()
        lines.append(arriving)
        ds = lines.write("ds", "dL/ds_t = (dL/ds_t from t+1)", arriving["ds_later"] + 0)
        dh = lines.write(
            "dh",
            "dL/dh_t = (dL/dh_t from above) + (dL/dh_t from t+1) + 0.1 * dL/ds_t",
            arriving["dh_above"] + arriving["dh_later"] + 0.1 * ds,
        )
        slope = lines.write("slope", "f'(a_t) = 1 - h_t^2", 1 - step["h"] ** 2)
        da = lines.write("da", "dL/da_t = f'(a_t) * dL/dh_t", slope * dh)
        lines.add(Line("dU", "dL/dU += dL/da_t x_t^T", (step["x"], da)))
        lines.add(Line("dW", "dL/dW += dL/da_t h_{t-1}^T", (before["h"], da)))
        lines.add(Line("dZ", "dL/dZ += dL/da_t s_{t-1}^T", (before["s"], da)))
        lines.write("db", "dL/db += dL/da_t", da.sum(axis=0))
        lines.write("dx", "dL/dx_t = U^T dL/da_t", da @ parameters["U"].T)
        lines.write("dh_before", "(dL/dh_{t-1} from t) = W^T dL/da_t", da @ parameters["W"].T)
        lines.write(
            "ds_before",
            "(dL/ds_{t-1} from t) = Z^T dL/da_t + 0.9 * dL/ds_t",
            da @ parameters["Z"].T + 0.9 * ds,
        )
        return lines
