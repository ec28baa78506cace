"""What just happened, in words: only what was measured."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.data import TASKS, ReferenceLine, TaskDataset
from rnnviz.diagnostics.saturation import Saturation
from rnnviz.diagnostics.spectrum import LayerSpectrum, Spectrum
from rnnviz.gui.wording.remarks import remark_sentence
from rnnviz.training.commands import NewRun, TakeStep, Watch
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.observation.diagnostics.saturation import SATURATION
from rnnviz.training.observation.diagnostics.spectrum import SPECTRUM
from rnnviz.training.observation.kinds.diagnostic import Diagnostic, Measurements
from rnnviz.training.observation.registry import EVERYTHING
from rnnviz.training.record.gradient_history import (
    GradientHistory,
    RecentGradients,
    RecentGradientsView,
)
from rnnviz.training.record.history import History, HistoryView
from rnnviz.training.remarks.remark import Remark
from rnnviz.training.remarks.rules import remarks
from rnnviz.training.score import Score
from rnnviz.training.session import Session
from rnnviz.training.snapshot import WindowView

LOSSES = {"uniform": 3.4, "unigram": 2.8, "bigram": 2.0, "true_entropy": 0.8}
REFERENCES = tuple(ReferenceLine(name, name, loss) for name, loss in LOSSES.items())
PLAIN = Configuration()
NO_GRADIENTS = RecentGradients(GradientHistory()).view()


def after_steps(losses: Any, clipped: int = 0, norm: float = 1.0) -> HistoryView:
    """Return the history of steps with these losses, of which the first so many were clipped."""
    history = History()
    for number, loss in enumerate(losses):
        history.append(float(loss), norm, min(norm, 5.0), number < clipped)
    return history.view()


def window_of(
    length: int = 11,
    hidden: np.ndarray | None = None,
    measured: Mapping[Diagnostic, object] = MappingProxyType({}),
) -> WindowView:
    states = {} if hidden is None else {HIDDEN_STATE: {"h": hidden}}
    tokens, targets = tuple("a" * length), tuple("b" * length)
    carried = Measurements(states | dict(measured))
    return WindowView(1, tokens, targets, 1, is_watched_text=False, measured=carried)


def gradients_of(
    *shares: float, first: float = 1.0, labels: tuple[str, ...] = ("h1",), length: int = 11
) -> RecentGradientsView:
    """Return windows of so many steps, of whose last state's gradient such shares are left."""
    recent = RecentGradients(GradientHistory(labels))
    for step, share in enumerate(shares, 1):
        norms = np.ones((len(labels), length))
        norms[-1] = first
        norms[-1, 0] = share * first
        recent.append(step, norms)
    return recent.view()


def said_of(
    loss: float | None = None,
    references: tuple[ReferenceLine, ...] = REFERENCES,
    history: HistoryView | None = None,
    window: WindowView | None = None,
    score: Score | None = None,
    gradients: RecentGradientsView = NO_GRADIENTS,
    configuration: Configuration = PLAIN,
) -> str:
    measured = Measurements() if window is None else window.measured
    snapshot: Any = SimpleNamespace(
        configuration=configuration,
        smoothed_loss=loss,
        references=references,
        get=lambda diagnostic: history if diagnostic is HISTORY else measured.get(diagnostic),
        score=score,
        recent_gradients=gradients,
    )
    return spoken(remarks(snapshot), configuration.token)


def spoken(found: Sequence[Remark], token: str = "character") -> str:
    return " ".join(remark_sentence(remark, token) for remark in found)


def test_nothing_is_said_of_what_was_not_measured() -> None:
    assert said_of() == ""
    assert said_of(2.0, references=()) == ""
    assert said_of(history=History().view(), gradients=gradients_of()) == ""
    assert said_of(window=window_of()) == ""


# --- The loss -------------------------------------------------------------------------------------

# From each sentence of the loss's place what only it says, and the losses at which it is true.
PLACES = {
    "far worse than the uniform guess's 3.40": (5.11, math.inf),
    "is worse than that of the uniform guess": (3.469, 5.1),
    "is about that of the uniform guess": (3.333, 3.468),
    "below that of the uniform guess, and above that of letter freq": (2.801, 3.332),
    "below that of letter frequencies, and above that of letter pairs": (2.001, 2.8),
    "below that of letter pairs: over the whole text": (1.101, 2.0),
    "nats above the true entropy, 0.80: over a long new text": (0.806, 1.099),
    "at the true entropy, 0.80 nats: over a long new text": (0.796, 0.804),
    "below the true entropy, 0.80 nats: these windows": (0.0, 0.794),
}


@given(st.floats(0, 8, allow_subnormal=False) | st.floats(8, 1e12))
def test_the_losss_place_among_the_references_is_told_where_it_is_and_nowhere_else(
    loss: float,
) -> None:
    sentence = said_of(loss, history=after_steps([loss] * 60))
    for words, (low, high) in PLACES.items():
        if low <= loss <= high:
            assert words in sentence
        elif not low - 0.01 <= loss <= high + 0.01:
            assert words not in sentence
    assert "-0" not in sentence


def test_without_a_known_entropy_there_is_no_floor_to_speak_of() -> None:
    references = REFERENCES[:-1]
    sentence = said_of(0.1, references, after_steps([0.1] * 60))
    assert "below that of letter pairs" in sentence
    assert "entropy" not in sentence


@pytest.mark.parametrize("loss", [3.4, 3.0, 2.7, 1.5, 1.0, 0.8, 0.5])
def test_the_loss_is_placed_once_it_is_the_mean_of_fifty_steps(loss: float) -> None:
    assert said_of(loss) == "", "nobody knows of how many"
    assert "loss" not in said_of(loss, history=after_steps([loss] * 49))
    assert "loss" in said_of(loss, history=after_steps([loss] * 50))


def test_what_only_writes_one_letter_after_two_steps_is_not_said_to_have_learned() -> None:
    session = Session()
    session.apply(NewRun(Configuration(learning_rate=1.0)))
    session.apply(Watch(EVERYTHING))
    for _ in range(2):
        session.apply(TakeStep())
    snapshot = session.snapshot()
    assert snapshot is not None
    assert snapshot.step == 2
    assert not re.search("learn|know|uses|below", spoken(snapshot.remarks))


def test_large_steps_are_blamed_only_where_the_loss_has_been_lower() -> None:
    def said(*losses: float) -> str:
        return said_of(losses[-1], history=after_steps(losses))

    assert "lower learning rate" in said(3.4, 3.5, 900.0)
    assert "lower learning rate" not in said(2000.0, 1500.0, 900.0)
    # A single easy window does not mean that the network was there.
    assert "lower learning rate" not in said(2000.0, 1500.0, 0.1, 900.0)
    assert "far worse" in said(2000.0)


def test_words_are_compared_with_words() -> None:
    words = Configuration(level="word")
    history = after_steps([1.9] * 60)
    sentence = said_of(1.9, history=history, configuration=words)
    assert "below that of word pairs" in sentence
    assert "a model that sees only the last word has a loss of at least 2.00 nats" in sentence
    assert "letter" not in sentence


@pytest.mark.parametrize(
    ("losses", "is_told"),
    [
        (np.full(2_000, 1.39), True),
        (1.39 + 0.05 * np.random.default_rng(0).normal(size=4_000), True),
        (np.full(1_999, 1.39), False),
        (np.linspace(2.0, 1.0, 4_000), False),
        (np.concatenate([np.full(3_000, 1.39), np.linspace(1.39, 1.2, 500)]), False),
        (np.full(2_600, np.nan), False),
        # So long that an interval of the history has 256 steps.
        (np.full(200_000, 1.39), True),
        (np.linspace(3.0, 1.0, 200_000), False),
    ],
)
def test_a_loss_that_stands_still_for_long_is_told(losses: np.ndarray, is_told: bool) -> None:
    sentence = said_of(history=after_steps(losses))
    assert ("On average the loss is where it was" in sentence) == is_told


def test_the_means_of_a_loss_that_stands_still_are_those_of_the_steps_named() -> None:
    losses = np.concatenate([np.full(1_000, 9.0), np.full(1_000, 1.004), np.full(1_000, 1.0)])
    sentence = said_of(history=after_steps(losses))
    assert "1.000 over the last 1,000 steps, 1.004 over the 1,000 before" in sentence


def test_huge_numbers_are_told_with_commas_and_then_by_powers_of_ten() -> None:
    still = after_steps(np.full(2_000, 1891663.221))
    assert "where it was: 1,891,663 over the last 1,000 steps, 1,891,663" in said_of(history=still)
    assert "The loss, 1,891,663 nats, is far worse" in said_of(1891663.221)
    assert "The loss, 2.0 × 10³⁴ nats, is far worse" in said_of(2e34)
    off = Configuration(clip_mode="none")
    for norm, words in ((1891663.221, "reached 1,891,663."), (3e36, "reached 3.0 × 10³⁶.")):
        assert words in said_of(history=after_steps([1.0] * 2, norm=norm), configuration=off)


# --- A task ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "score", "words"),
    [
        (9.0, None, "far worse than that of guessing, 1.39"),
        (9.0, Score(3, 10_000, 0.01), "far worse than that of guessing, 1.39"),
        (1.8, None, "The loss, 1.80, is worse than that of guessing, 1.39"),
        (1.38, None, "about that of guessing, 1.39"),
        (1.38, Score(750, 1_000, 1.38), "about that of guessing, 1.39"),
        (1.2, None, "The loss, 1.20, is below that of guessing, 1.39"),
        (1.2, Score(750, 1_000, 1.38), "The loss, 1.20, is below that of guessing, 1.39"),
        (0.4, Score(120, 1_000, 0.4), "answered 120 of 1,000 new sequences wrongly: it uses"),
        (0.4, Score(100, 10_000, 0.04), "answered 100 of 10,000 new sequences wrongly: it"),
        (0.01, Score(99, 10_000, 0.04), "Solved: at the last test it answered 99 of 10,000"),
    ],
)
def test_a_task_is_spoken_of_by_what_was_measured(
    loss: float, score: Score | None, words: str
) -> None:
    guess = TaskDataset(TASKS["temporal-order"]).reference_lines
    configuration = Configuration(corpus="temporal-order")
    sentence = said_of(loss, guess, score=score, configuration=configuration)
    assert words in sentence
    # No luck with a few sequences is taken for what a test on many would show.
    assert ("uses what it reads" in sentence) == words.endswith(("uses", "it"))
    assert ("Solved" in sentence) == words.startswith("Solved")


# --- The gradient ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (0.5, "is 0.5 times its"),
        (0.0123, "is 0.012 times its"),
        (0.00623, "is 0.0062 times its"),
        (1.0, "is 1 times its"),
        (150.0, "is 150 times its"),
        (999.9, "is 1,000 times its"),
        (2.345e7, "is 2 \u00d7 10⁷ times its"),
        (9.7e-5, "is 1 \u00d7 10⁻⁴ times its"),
        (3e-12, "is 3 \u00d7 10⁻¹² times its"),
        (1e-40, "is vanishingly small beside its"),
        (0.0, "is vanishingly small beside its"),
    ],
)
def test_the_gradients_decay_is_told_in_plain_numbers(kept: float, words: str) -> None:
    assert words in said_of(gradients=gradients_of(*[kept] * 50))


def test_a_gradient_that_jumps_from_window_to_window_is_told_by_its_median() -> None:
    """Ten windows of 0.9 among forty of about 0.03, in whatever order."""
    rng = np.random.default_rng(0)
    shares = np.concatenate([np.full(10, 0.9), np.linspace(0.02, 0.04, 40)])
    expected = f"{np.median(shares):.2g} times its first size (median of the last 50 windows"
    for _ in range(20):
        rng.shuffle(shares)
        assert expected in said_of(gradients=gradients_of(*shares))
    assert expected in said_of(gradients=gradients_of(*[7.0] * 30, *shares)), "of the last ones"


def test_nothing_is_said_of_a_gradient_that_fifty_windows_do_not_show() -> None:
    assert said_of(gradients=gradients_of(*[0.5] * 49)) == ""
    for broken in (math.nan, math.inf):
        assert said_of(gradients=gradients_of(*[0.5] * 49, broken)) == ""
    assert said_of(gradients=gradients_of(*[0.5] * 50, first=0.0)) == "", "nothing sent back"
    short = RecentGradients(GradientHistory())
    for step in range(1, 61):
        short.append(step, np.ones((1, 10)))
    assert said_of(gradients=short.view()) == "", "windows of ten steps have no eleventh"


def test_the_gradient_is_told_twenty_steps_back_where_the_windows_reach_so_far() -> None:
    # The share is that of the window's first step, the steps between keep all.
    for length, words in ((20, "10 steps back, is 1 "), (21, "20 steps back, is 0.5 ")):
        assert words in said_of(gradients=gradients_of(*[0.5] * 50, length=length))


def test_of_an_lstm_the_way_along_the_cell_states_is_told() -> None:
    cells = gradients_of(*[0.25] * 50, labels=("h1", "h2", "c1", "c2"))
    said = said_of(gradients=cells, configuration=Configuration(cell="lstm", num_layers=2))
    assert "gradient with respect to the cell state, 10 steps back, is 0.25" in said
    layers = gradients_of(*[0.25] * 50, labels=("h1", "h2"))
    assert "gradient, 10 steps back, is 0.25" in said_of(gradients=layers)


def test_where_a_state_is_read_one_step_later_the_way_along_the_hidden_states_is_told() -> None:
    recent = RecentGradients(GradientHistory(("h1", "h2", "c1", "c2")))
    norms = np.ones((4, 11))
    norms[1, 0], norms[2:, -1] = 0.25, 0
    for step in range(50):
        recent.append(step, norms)
    cells = Configuration(cell="lstm", num_layers=2)
    said = said_of(gradients=recent.view(), configuration=cells)
    assert "gradient with respect to the hidden state, 10 steps back, is 0.25" in said


def test_saturated_states_are_told_with_tanh_and_not_with_relu() -> None:
    hidden = np.zeros((1, 11, 10), np.float32)
    gradients = gradients_of(*[0.5] * 50)
    hidden[..., :4] = 0.99
    words = "when last looked at, 40\N{NO-BREAK SPACE}% were beyond 0.95"
    assert words in said_of(window=window_of(hidden=hidden), gradients=gradients)
    relu = Configuration(activation="relu")
    for configuration, states in ((PLAIN, hidden * 0.9), (relu, hidden)):
        window = window_of(hidden=states)
        sentence = said_of(window=window, gradients=gradients, configuration=configuration)
        assert "hidden states" not in sentence


def test_a_radius_above_one_stands_beside_a_gradient_that_vanishes() -> None:
    def said(kept: float, radius: float) -> str:
        layer = LayerSpectrum(np.array([radius + 0j]), None, {"h": radius})
        window = window_of(measured={SPECTRUM: Spectrum(1, (layer,))})
        return said_of(window=window, gradients=gradients_of(*[kept] * 50))

    assert "although ρ(W) = 7.3" in said(1e-6, 7.3)
    assert "although ρ(W) = 123,457" in said(1e-6, 123456.7)
    assert "although" not in said(1e-6, 0.9)
    assert "although" not in said(0.5, 7.3)


# --- Dead units and clipping ----------------------------------------------------------------------


def test_dead_units_are_told_where_they_are_many() -> None:
    def said(*dead: int) -> str:
        saturation = Saturation({}, np.array(dead), (25, 1, 100))
        return said_of(window=window_of(measured={SATURATION: saturation}))

    words = "When last counted, 37 of 100 ReLU units{} were 0 at every step."
    assert said(37) == words.format("")
    assert said(3, 37) == words.format(" of layer 2")
    assert said(9, 2) == ""
    assert (
        said_of(window=window_of(measured={SATURATION: Saturation({}, None, (25, 1, 100))})) == ""
    )


def test_clipping_is_counted_over_the_last_steps() -> None:
    def said(steps: int, clipped: int) -> str:
        return said_of(history=after_steps([1.0] * steps, clipped))

    assert said(3, 2) == "Clipping acted on 2 of the last 3 steps."
    assert said(3, 0) == "Clipping acted on none of the last 3 steps."
    assert said(1, 0) == "Clipping did not act on the only step so far."
    assert said(1, 1) == "Clipping acted on the only step so far."
    assert "Clipping acted on none of the last 1,000 steps." in said(1_200, 200)


def test_without_clipping_a_large_norm_is_told() -> None:
    off = Configuration(clip_mode="none")
    large, small = (after_steps([1.0] * 2, norm=norm) for norm in (20_000.0, 2.0))
    assert said_of(history=small, configuration=off) == ""
    assert said_of(history=large, configuration=off) == (
        "Clipping is off, and the gradient's norm reached 20,000."
    )
    assert "off" not in said_of(history=large)
