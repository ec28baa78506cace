"""The three cells as one writes them first: one vector, one time step, one gate at a time.

What ``tests/benchmarks/speed.py`` measures the package against. NumPy in its own float64, one
stream, a one-hot vector for every token; a window forward, its loss, back through time, the
gradient clipped by norm, Adagrad. The equations are those in ``rnnviz/core/cells``.
"""

from __future__ import annotations

import numpy as np

Arrays = dict[str, np.ndarray]
GATES = {"vanilla": "h", "lstm": "oifg", "gru": "rzn"}


def sigmoid(a: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-a))


class StepByStep:
    """A network of one layer that is trained a window at a time."""

    def __init__(self, cell: str, vocab_size: int, hidden_size: int, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.cell, self.vocab_size = cell, vocab_size
        self.p: Arrays = {}
        for gate in GATES[cell]:
            self.p[f"U{gate}"] = rng.normal(0, 0.01, (hidden_size, vocab_size))
            self.p[f"W{gate}"] = rng.normal(0, 0.01, (hidden_size, hidden_size))
            self.p[f"b{gate}"] = np.zeros((hidden_size, 1))
        if cell == "gru":
            self.p["d"] = np.zeros((hidden_size, 1))
        self.p["V"] = rng.normal(0, 0.01, (vocab_size, hidden_size))
        self.p["c"] = np.zeros((vocab_size, 1))
        self.sums = {name: np.full_like(array, 10.0) for name, array in self.p.items()}
        self.h = np.zeros((hidden_size, 1))
        self.c = np.zeros((hidden_size, 1))

    def step(self, inputs: list[int], targets: list[int]) -> float:
        """Train on one window and return its loss."""
        p, loss, steps = self.p, 0.0, []
        for token, target in zip(inputs, targets, strict=True):
            x = np.zeros((self.vocab_size, 1))
            x[token] = 1
            tape = getattr(self, f"_{self.cell}_forward")(x)
            o = p["V"] @ self.h + p["c"]
            e = np.exp(o - o.max())
            tape["y"] = e / e.sum()
            loss -= float(np.log(tape["y"][target, 0]))
            steps.append((x, target, tape))
        g = {name: np.zeros_like(array) for name, array in p.items()}
        dh, dc = np.zeros_like(self.h), np.zeros_like(self.c)
        for x, target, tape in reversed(steps):
            dy = tape["y"].copy()
            dy[target] -= 1
            g["V"] += dy @ tape["h"].T
            g["c"] += dy
            dh = dh + p["V"].T @ dy
            dh, dc = getattr(self, f"_{self.cell}_backward")(x, tape, dh, dc, g)
        norm = float(np.sqrt(sum((array**2).sum() for array in g.values())))
        for name, array in g.items():
            if norm > 100:
                array *= 100 / norm
            self.sums[name] += array * array
            p[name] -= 0.01 * array / np.sqrt(self.sums[name])
        return loss

    def _sum(self, gate: str, x: np.ndarray) -> np.ndarray:
        p = self.p
        return p[f"U{gate}"] @ x + p[f"W{gate}"] @ self.h + p[f"b{gate}"]

    def _back(
        self, gate: str, x: np.ndarray, before: np.ndarray, da: np.ndarray, g: Arrays
    ) -> None:
        g[f"U{gate}"] += da @ x.T
        g[f"W{gate}"] += da @ before.T
        g[f"b{gate}"] += da

    def _vanilla_forward(self, x: np.ndarray) -> Arrays:
        before = self.h
        self.h = np.tanh(self._sum("h", x))
        return {"before": before, "h": self.h}

    def _vanilla_backward(self, x, t, dh, dc, g):  # type: ignore[no-untyped-def]
        da = (1 - t["h"] ** 2) * dh
        self._back("h", x, t["before"], da, g)
        return self.p["Wh"].T @ da, dc

    def _lstm_forward(self, x: np.ndarray) -> Arrays:
        before, c_before = self.h, self.c
        o, i, f = (sigmoid(self._sum(gate, x)) for gate in "oif")
        candidate = np.tanh(self._sum("g", x))
        self.c = f * c_before + i * candidate
        self.h = o * np.tanh(self.c)
        return {"before": before, "c_before": c_before, "o": o, "i": i, "f": f, "g": candidate,
                "c": self.c, "h": self.h}  # fmt: skip

    def _lstm_backward(self, x, t, dh, dc, g):  # type: ignore[no-untyped-def]
        squashed = np.tanh(t["c"])
        dc = dc + dh * t["o"] * (1 - squashed**2)
        da = {
            "o": dh * squashed * t["o"] * (1 - t["o"]),
            "i": dc * t["g"] * t["i"] * (1 - t["i"]),
            "f": dc * t["c_before"] * t["f"] * (1 - t["f"]),
            "g": dc * t["i"] * (1 - t["g"] ** 2),
        }
        for gate, gradient in da.items():
            self._back(gate, x, t["before"], gradient, g)
        return sum(self.p[f"W{gate}"].T @ a for gate, a in da.items()), dc * t["f"]

    def _gru_forward(self, x: np.ndarray) -> Arrays:
        p, before = self.p, self.h
        r, z = sigmoid(self._sum("r", x)), sigmoid(self._sum("z", x))
        inside = p["Wn"] @ before + p["d"]
        n = np.tanh(p["Un"] @ x + r * inside + p["bn"])
        self.h = (1 - z) * n + z * before
        return {"before": before, "r": r, "z": z, "inside": inside, "n": n, "h": self.h}

    def _gru_backward(self, x, t, dh, dc, g):  # type: ignore[no-untyped-def]
        p = self.p
        dn = dh * (1 - t["z"]) * (1 - t["n"] ** 2)
        dz = dh * (t["before"] - t["n"]) * t["z"] * (1 - t["z"])
        dr = dn * t["inside"] * t["r"] * (1 - t["r"])
        self._back("r", x, t["before"], dr, g)
        self._back("z", x, t["before"], dz, g)
        g["Un"] += dn @ x.T
        g["bn"] += dn
        g["Wn"] += (dn * t["r"]) @ t["before"].T
        g["d"] += dn * t["r"]
        dh = dh * t["z"] + p["Wr"].T @ dr + p["Wz"].T @ dz + p["Wn"].T @ (dn * t["r"])
        return dh, dc
