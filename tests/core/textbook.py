"""Softmax and cross-entropy as the textbook has them, entry by entry."""

from __future__ import annotations

import math

import numpy as np

from rnnviz.core.step_by_step import TimeStep

Vector = np.ndarray  # (n, 1)


def softmax(o: Vector) -> Vector:
    largest = max(o[:, 0])
    exponentials = [math.exp(entry - largest) for entry in o[:, 0]]
    total = math.fsum(exponentials)
    return np.array([[entry / total] for entry in exponentials])


def one_hot(token: int, size: int) -> Vector:
    x = np.zeros((size, 1))
    x[token, 0] = 1
    return x


def loss(steps: list[TimeStep], targets: np.ndarray) -> float:
    """Return L = - (1/B) sum_t sum_streams log p_t[target_t]; `targets` is (T, B)."""
    losses = [
        -math.log(softmax(o[:, None])[target, 0])
        for step, of_step in zip(steps, targets, strict=True)
        for o, target in zip(step.output["o"], of_step, strict=True)
    ]
    return math.fsum(losses) / targets.shape[1]


def loss_gradient(steps: list[TimeStep], targets: np.ndarray) -> np.ndarray:
    """Return dL/do_t = (p_t - onehot(target_t)) / B, (T, B, vocabulary)."""
    return np.array(
        [
            [
                (softmax(o[:, None]) - one_hot(target, len(o)))[:, 0] / targets.shape[1]
                for o, target in zip(step.output["o"], of_step, strict=True)
            ]
            for step, of_step in zip(steps, targets, strict=True)
        ]
    )
