"""What just happened, in words: only what was measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnnviz.data import ReferenceLosses
from rnnviz.diagnostics.gradient_flow import GradientFlow
from rnnviz.diagnostics.saturation import Saturation
from rnnviz.diagnostics.spectrum import LayerSpectrum, Spectrum
from rnnviz.training.configuration import Configuration
from rnnviz.training.history import History, HistoryView
from rnnviz.training.remarks import advice, remarks
from rnnviz.training.snapshot import WindowView

REFERENCES = ReferenceLosses(3.4, 2.8, 2.0, 0.8)
PLAIN = Configuration()


def history_of(*norms: float, clipped: int = 0) -> HistoryView:
    history = History()
    for number, norm in enumerate(norms):
        history.append(1.0, norm, min(norm, 5.0), number < clipped)
    return history.view()


def window_of(norms: np.ndarray, hidden: np.ndarray | None = None) -> WindowView:
    states = None if hidden is None else {"h": hidden}
    flow = GradientFlow(from_last={"h": norms[None]}, total={"h": norms[None]})
    return WindowView(1, tuple("a" * len(norms)), tuple("b" * len(norms)), states, flow, 1)


def loss_remark(loss: float | None, references: ReferenceLosses | None = REFERENCES) -> str:
    return " ".join(remarks(PLAIN, loss, references, None, None))


def gradient_remark(kept: float, hidden: np.ndarray | None = None) -> str:
    norms = np.geomspace(kept, 1, 11) if kept > 0 else np.array([0.0] * 10 + [1])
    return " ".join(remarks(PLAIN, None, None, None, window_of(norms, hidden)))


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        (1e9, "far worse than the uniform guess's 3.40"),
        (5.2, "far worse"),
        (5.0, "worse than guessing every character alike"),
        (3.5, "worse than guessing"),
        (3.4, "still guesses nearly every character alike"),
        (3.3, "learning which characters are frequent"),
        (2.9, "learning which characters are frequent"),
        (2.7, "which follow which"),
        (1.9, "lower than letter pairs allow"),
        (1.0, "0.20 nats above the true entropy"),
    ],
)
def test_the_loss_is_placed_between_the_reference_lines(loss: float, words: str) -> None:
    assert words in loss_remark(loss)


def test_a_loss_at_or_below_the_true_entropy_is_not_called_above_it() -> None:
    for loss in (0.8, 0.77):
        sentence = loss_remark(loss)
        assert "-0" not in sentence
        assert "above" not in sentence
        assert "true entropy" in sentence


def test_without_a_known_entropy_there_is_no_floor_to_speak_of() -> None:
    references = ReferenceLosses(3.4, 2.8, 2.0, None)
    assert "letter pairs" in loss_remark(0.1, references)


def test_nothing_is_said_of_what_was_not_measured() -> None:
    assert remarks(PLAIN, None, REFERENCES, None, None) == ()
    assert remarks(PLAIN, 2.0, None, None, None) == ()
    assert remarks(PLAIN, None, None, History().view(), None) == ()
    unmeasured = WindowView(1, ("a",), ("b",), None, None, 1)
    assert remarks(PLAIN, None, None, None, unmeasured) == ()
    assert remarks(PLAIN, None, None, None, window_of(np.ones(10))) == ()
    for broken in (np.nan, np.inf, 0.0):
        assert remarks(PLAIN, None, None, None, window_of(np.full(11, broken))) == ()


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (0.5, "is 0.5 times its"),
        (0.0123, "is 0.012 times its"),
        (0.00623, "is 0.0062 times its"),
        (1.0, "is 1 times its"),
        (150.0, "is 150 times its"),
        (999.9, "is 1000 times its"),
        (2.345e7, "is 2 \u00d7 10⁷ times its"),
        (9.7e-5, "is 1 \u00d7 10⁻⁴ times its"),
        (3e-12, "is 3 \u00d7 10⁻¹² times its"),
        (1e-40, "is nothing beside its"),
        (0.0, "is nothing beside its"),
    ],
)
def test_the_gradients_decay_is_told_in_plain_numbers(kept: float, words: str) -> None:
    assert words in gradient_remark(kept)


def test_saturated_units_are_told_with_tanh_and_not_with_relu() -> None:
    hidden = np.zeros((1, 11, 10), np.float32)
    hidden[..., :4] = 0.99
    assert "40\N{NO-BREAK SPACE}% of the units are saturated" in gradient_remark(0.5, hidden)
    hidden[..., :2] = 0
    assert "saturated" not in gradient_remark(0.5, hidden)
    relu = Configuration(activation="relu")
    said = remarks(relu, None, None, None, window_of(np.ones(11), np.ones((1, 11, 3))))
    assert "saturated" not in " ".join(said)


def test_dead_units_are_told_where_they_are_many() -> None:
    def said(*dead: int) -> str:
        found = Saturation({}, np.array(dead), (25, 1, 100))
        window = WindowView(1, ("a",), ("b",), None, None, 1, saturation=found)
        return " ".join(remarks(PLAIN, None, None, None, window))

    assert said(37) == "37 of 100 ReLU units were 0 at every step of the window."
    assert said(3, 37) == "37 of 100 ReLU units of layer 2 were 0 at every step of the window."
    assert said(9, 2) == ""


def test_clipping_is_counted_over_the_last_steps() -> None:
    assert remarks(PLAIN, None, None, history_of(9, 9, 1, clipped=2), None) == (
        "Clipping acted on 2 of the last 3 steps.",
    )
    assert remarks(PLAIN, None, None, history_of(1), None) == (
        "Clipping did not act on the only step so far.",
    )
    assert remarks(PLAIN, None, None, history_of(9, clipped=1), None) == (
        "Clipping acted on the only step so far.",
    )


def test_without_clipping_a_large_norm_is_told() -> None:
    off = Configuration(clip_mode="none")
    assert remarks(off, None, None, history_of(1, 2), None) == ()
    assert remarks(off, None, None, history_of(1, 20_000), None) == (
        "Clipping is off, and the gradient's norm reached 20,000.",
    )


def test_large_steps_are_blamed_only_where_the_loss_has_been_lower() -> None:
    def said(*losses: float) -> str:
        history = History()
        for loss in losses:
            history.append(loss, 1.0, 1.0, False)
        return remarks(PLAIN, losses[-1], REFERENCES, history.view(), None)[0]

    assert "Lower the learning rate" in said(3.4, 3.5, 900.0)
    assert "Lower the learning rate" not in said(2000.0, 1500.0, 900.0)
    assert "far worse" in said(2000.0)


def test_a_rate_that_is_large_for_the_new_optimiser_is_told() -> None:
    told = advice(Configuration(optimizer="adam", learning_rate=0.1), "optimizer", 5)
    assert told is not None
    assert "0.1 is large for Adam" in told
    assert advice(Configuration(optimizer="adam", learning_rate=0.002), "optimizer", 5) is None
    assert advice(Configuration(optimizer="adam", learning_rate=0.1), "momentum", 5) is None


def test_a_cosine_that_has_ended_already_is_told() -> None:
    ended = Configuration(schedule="cosine", schedule_steps=100)
    assert "after 100" in str(advice(ended, "schedule", 100))
    assert advice(ended, "schedule", 99) is None
    assert advice(Configuration(), "schedule", 10**6) is None


def after_steps(losses: np.ndarray) -> HistoryView:
    history = History()
    for loss in losses:
        history.append(float(loss), 1.0, 1.0, False)
    return history.view()


@pytest.mark.parametrize(
    ("losses", "is_told"),
    [
        (np.full(2_600, 1.39), True),
        (1.39 + 0.05 * np.random.default_rng(0).normal(size=4_000), True),
        (np.full(1_900, 1.39), False),
        (np.linspace(2.0, 1.0, 4_000), False),
        (np.concatenate([np.full(3_000, 1.39), np.linspace(1.39, 1.2, 500)]), False),
        (np.full(2_600, np.nan), False),
    ],
)
def test_a_loss_that_stands_still_for_long_is_told(losses: np.ndarray, is_told: bool) -> None:
    sentences = remarks(PLAIN, None, None, after_steps(losses), None)
    assert ("The loss has hardly moved for 2,000 steps." in sentences) == is_told


def test_a_radius_above_one_stands_beside_a_gradient_that_vanishes() -> None:
    def spectrum_of(radius: float) -> Spectrum:
        layer = LayerSpectrum(np.array([radius + 0j]), None, {"h": radius})
        return Spectrum(1, (layer,))

    def said(kept: float, radius: float) -> str:
        window = replace(window_of(np.geomspace(kept, 1, 11)), spectrum=spectrum_of(radius))
        return " ".join(remarks(PLAIN, None, None, None, window))

    assert "although ρ(W) = 7.3" in said(1e-6, 7.3)
    assert "although" not in said(1e-6, 0.9)
    assert "although" not in said(0.5, 7.3)


def test_nothing_is_said_of_what_a_network_has_learned_before_it_could() -> None:
    history = History()
    for step in range(60):
        history.append(2.7, 1.0, 1.0, False)
        sentences = " ".join(remarks(PLAIN, 2.7, REFERENCES, history.view(), None))
        assert ("which follow which" in sentences) == (step + 1 >= 50)
