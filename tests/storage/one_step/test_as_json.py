"""The JSON of a step: read as the README's equations are, its numbers come out again."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from rnnviz.diagnostics.one_step.phases import phases_of
from rnnviz.diagnostics.one_step.record import record_step
from rnnviz.storage.one_step.as_json import as_json
from rnnviz.storage.one_step.layout import key_of

from ...diagnostics.one_step.subjects import Kind, all_kinds, draw_subject


def read(kind: Kind) -> dict[str, Any]:
    """Return what another program reads, its lists of numbers as arrays."""
    found = json.loads(as_json(record_step(draw_subject(kind))))
    return {key: as_arrays(value) for key, value in found.items()}


def as_arrays(value: Any) -> Any:
    if isinstance(value, list):
        return [as_arrays(one) for one in value] if None in value else np.array(value)
    return value


def onehot(k: int, size: int) -> np.ndarray:
    return np.eye(size)[k]


def sigmoid(a: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-a))


def softmax(o: np.ndarray) -> np.ndarray:
    return np.exp(o) / np.exp(o).sum()


def close(ours: object, theirs: object) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


def test_a_vanilla_step_is_computed_again_from_the_equations_alone() -> None:
    s = read(Kind(length=5, asked=5, clip_mode="norm", clip_threshold=0.5, seed=4))
    U, W, V, b, c = (s[name] for name in ("U1", "W1", "V", "b1", "c"))
    steps, size, before = range(5), len(s["tokens"]), [s["h_before"], *s["h"]]
    assert W.shape == (3, 3)
    assert U.shape == (3, size)
    assert V.shape == (size, 3)
    for t in steps:
        close(s["x"][t], onehot(s["inputs"][t], size))
        close(s["a"][t], b + W @ before[t] + U @ s["x"][t])
        close(s["h"][t], np.tanh(s["a"][t]))
        close(s["o"][t], c + V @ s["h"][t])
        close(s["p"][t], softmax(s["o"][t]))
        close(s["L"][t], -np.log(s["p"][t][s["targets"][t]]))
        close(s["do"][t], s["p"][t] - onehot(s["targets"][t], size))
        close(s["dh_above"][t], V.T @ s["do"][t])
        later = W.T @ s["da"][t + 1] if t < 4 else np.zeros(3)
        close(s["dh_later"][t], later)
        close(s["dh"][t], s["dh_above"][t] + s["dh_later"][t])
        close(s["da"][t], (1 - s["h"][t] ** 2) * s["dh"][t])
        close(s["dW1_from_t"][t], np.outer(s["da"][t], before[t]))
        close(s["dU1_from_t"][t], np.outer(s["da"][t], s["x"][t]))
        close(s["db1_from_t"][t], s["da"][t])
        close(s["dV_from_t"][t], np.outer(s["do"][t], s["h"][t]))
    names = ("U1", "W1", "V", "b1", "c")
    for name in names:
        close(s[f"d{name}"], sum(s[f"d{name}_from_t"]))
    close(s["norm"], np.sqrt(sum((s[f"d{name}"] ** 2).sum() for name in names)))
    close(s["factor"], min(1, 0.5 / s["norm"]))
    assert s["factor"] < 1
    for name in names:
        close(s[f"g_{name}"], s["factor"] * s[f"d{name}"])
        close(s[f"update_{name}"], s["constants"]["eta"] * s[f"g_{name}"])
        close(s[f"new_{name}"], s[name] - s[f"update_{name}"])
    close(s["loss"], sum(s["L"]))
    h, losses = s["h_before"], []
    for t in steps:
        h = np.tanh(s["new_b1"] + s["new_W1"] @ h + s["new_U1"] @ s["x"][t])
        p = softmax(s["new_c"] + s["new_V"] @ h)
        losses.append(-np.log(p[s["targets"][t]]))
    close(s["loss_after"], sum(losses))


@pytest.mark.parametrize("batch", [1, 3])
def test_the_gates_lie_in_the_order_of_model_files(batch: int) -> None:
    s = read(Kind(("lstm", "tanh"), batch=batch))
    before, c_before = [s["h_before"], *s["h"]], [s["c_before"], *s["c1"]]
    b = s["b1"] if batch == 1 else s["b1"][:, None]
    for t in range(4):
        a = np.split(b + s["W1"] @ before[t] + s["U1"] @ s["x"][t], 4)
        i, f, g, o = sigmoid(a[0]), sigmoid(a[1]), np.tanh(a[2]), sigmoid(a[3])
        for name, value in {"i": i, "f": f, "g": g, "o1": o}.items():
            close(s[name][t], value)
        close(s["c1"][t], f * c_before[t] + i * g)
        close(s["h"][t], o * np.tanh(s["c1"][t]))
        close(s["dc_before"][t], s["dc1"][t] * f)
    s = read(Kind(("gru", "tanh"), batch=batch))
    before = [s["h_before"], *s["h"]]
    b, d = (s[name] if batch == 1 else s[name][:, None] for name in ("b1", "d1"))
    for t in range(4):
        W, x = np.split(s["W1"], 3), np.split(b + s["U1"] @ s["x"][t], 3)
        r, z = (sigmoid(W[k] @ before[t] + x[k]) for k in (0, 1))
        n = np.tanh(x[2] + r * (d + W[2] @ before[t]))
        close(s["r"][t], r)
        close(s["n"][t], n)
        close(s["h"][t], (1 - z) * n + z * before[t])


def test_layers_are_numbered_and_streams_are_columns() -> None:
    s = read(Kind(layers=2, residual=True, dropout=True, batch=3, asked=1))
    assert "h" not in s
    for t in range(4):
        assert s["h1"][t].shape == (3, 3)
        assert s["x1"][t].shape == (4, 3)
        close(s["x2"][t], s["m1"][t] * s["h1"][t])
        close(s["u2"][t], s["h2"][t] + s["x2"][t])
        close(s["o"][t], s["c"][:, None] + s["V"] @ s["u2"][t])
        close(s["dW2_from_t"][t], s["da2"][t] @ (s["h_before2"] if t == 0 else s["h2"][t - 1]).T)
    assert s["L"][:3] == s["p"][:3] == s["targets"][:3] == [None] * 3
    close(s["loss"], np.mean(s["L"][3]))
    assert s["targets"][3].shape == (3,)


def test_numbers_are_read_and_put_out_as_numbers() -> None:
    s = read(Kind(reads_numbers=True, answers=1, loss="squared_error", asked=1))
    assert np.array_equal(s["x"], s["inputs"])
    assert "p" not in s
    close(s["L"][3], ((s["o"][3] - s["targets"][3]) ** 2).sum())
    close(s["do"][3], 2 * (s["o"][3] - s["targets"][3]))


@settings(max_examples=60, deadline=None)
@given(kind=all_kinds())
def test_every_value_has_a_key_of_its_own_and_all_its_digits(kind: Kind) -> None:
    record = record_step(draw_subject(kind))
    found, keys = json.loads(as_json(record)), set()
    for phase in phases_of(record):
        for place in phase.places:
            key = key_of(record, place)
            if key in found["constants"]:
                continue
            assert (key, place.t) not in keys
            keys.add((key, place.t))
            assert key in found["equations"]
            assert len(found[key]) == kind.length if place.t else True
    for name, array in record.parameters.items():
        assert np.array(found[name]).size == array.size
        assert set(np.array(found[name]).ravel()) == set(array.ravel())
    assert found["loss"] == record.loss
    assert found["loss_after"] == record.loss_after


def test_what_is_not_finite_is_null() -> None:
    subject = draw_subject(Kind())
    subject.network.parameters["c"][1] = np.inf
    found = json.loads(as_json(record_step(subject)), parse_constant=lambda name: pytest.fail(name))
    assert found["c"][1] is None
    assert found["loss"] is None
