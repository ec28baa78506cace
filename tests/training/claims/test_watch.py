"""What is claimed of a run is measured while somebody trains it, whatever else they do."""

from __future__ import annotations

import contextlib
import functools
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.core.errors import RnnvizError
from rnnviz.training.claims.claim import Claim, Finding
from rnnviz.training.claims.quantities import QUANTITIES
from rnnviz.training.claims.watch import ClaimsView, Reached, way_to_next
from rnnviz.training.commands import (
    Change,
    NewRun,
    Pause,
    Reset,
    Restart,
    Resume,
    TakeStep,
    Train,
    UseBest,
    Watch,
)
from rnnviz.training.configuration import Configuration
from rnnviz.training.experiments import check_claims
from rnnviz.training.observation.diagnostics.credit import CREDIT
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.observation.diagnostics.saturation import SATURATION
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState
from rnnviz.training.state.bits import same_bits

from ..helpers import own_text

CLAIMS = (
    Claim("gradient_ratio", 7, above=0, lag=2),
    Claim("saturated_share", 4, below=0.5),
    Claim("loss", 4, above=100),
    Claim("largest_norm", 1, above=0),
    Claim("spectral_radius", 7, above=0),
)


def of_task(**more: Any) -> Configuration:
    settings: dict[str, Any] = {
        **{"corpus": "temporal-order", "sequence_length": 12, "hidden_size": 7, "batch_size": 3},
        **{"optimizer": "sgd", "learning_rate": 0.05, "validation_interval": 0},
    }
    return Configuration(**(settings | more))


def begun(configuration: Configuration, claims: tuple[Claim, ...] = CLAIMS) -> Session:
    session = Session()
    session.apply(NewRun(configuration, claims))
    return session


def view(session: Session) -> ClaimsView:
    snapshot = session.snapshot()
    assert snapshot is not None
    assert snapshot.claims is not None
    return snapshot.claims


def train(session: Session, steps: int, observe: bool = False) -> None:
    session.apply(Train())
    for _ in range(steps):
        session.advance(look=observe)
    session.apply(Pause())


def measured(session: Session) -> int:
    return sum(finding is not None for finding in view(session).findings)


@pytest.mark.parametrize("observe", [False, True])
def test_what_is_found_on_the_screen_is_what_the_claims_check_finds(observe):
    configuration = of_task()
    claims = (*CLAIMS, Claim("wrong_share", 7, below=1), Claim("held_out_loss", 2, below=9))
    session = begun(configuration, claims)
    train(session, 9, observe)
    assert list(view(session).findings) == check_claims(configuration, claims)
    assert any(not finding.holds for finding in view(session).findings if finding)


COMMANDS = st.sampled_from(
    [
        *(TakeStep(), Train(), Train(2), Pause(), Reset(), UseBest(), Restart((("seed", 1),))),
        *(Watch(frozenset({SATURATION})), Watch(frozenset({CREDIT}))),
        *(Change("temperature", 0.3), Change("sequence_length", 13), Change("learning_rate", 0.05)),
    ]
)


@functools.cache
def tried(seed: int) -> tuple[Finding, ...]:
    return tuple(check_claims(of_task(seed=seed, validation_interval=2), CLAIMS))


@given(st.lists(st.tuples(COMMANDS, st.integers(0, 3), st.booleans()), max_size=9))
def test_whatever_somebody_does_what_is_found_is_what_the_claims_check_finds(commands):
    session = begun(of_task(validation_interval=2))
    for command, steps, observe in commands:
        with contextlib.suppress(RnnvizError):
            session.apply(command)
        for _ in range(steps):
            session.advance(look=observe)
        seen, trainer = view(session), session.trainer
        assert trainer is not None
        for finding, expected in zip(seen.findings, tried(trainer.configuration.seed), strict=True):
            if finding is None:
                assert seen.invalidated or expected.claim.step > trainer.step_count
            else:
                assert finding == expected


def test_each_is_found_at_its_step_and_no_sooner(tmp_path: Path):
    session = begun(own_text(tmp_path))
    counts = []
    for _ in range(8):
        session.apply(TakeStep())
        counts.append(measured(session))
    assert counts == [1, 1, 1, 3, 3, 3, 5, 5]
    assert [claim.step for claim in view(session).claims] == [1, 4, 4, 7, 7]


def test_to_measure_changes_neither_the_run_nor_the_window_that_is_shown(tmp_path: Path):
    said = {"probability": "th|e", "unit_correlation": "vowel"}
    of_all = tuple(
        Claim(
            name,
            step,
            above=-1e12,
            lag=1 if quantity.needs_lag else 0,
            of=said.get(name, ""),
        )
        for step in (1, 3)
        for name, quantity in QUANTITIES.items()
        if name != "wrong_share"
    )
    configuration = own_text(tmp_path, validation_fraction=0.2)
    ends, windows = [], []
    for claims in ((), of_all):
        session = begun(configuration, claims)
        train(session, 3, observe=True)
        assert session.trainer is not None
        ends.append(session.checkpoint())
        windows.append(session.trainer.last_window)
    assert same_bits(ends[0].parameters, ends[1].parameters)
    assert same_bits(ends[0].history, ends[1].history)
    assert windows[0].step == windows[1].step == 3
    assert same_bits(windows[0].measured[HIDDEN_STATE], windows[1].measured[HIDDEN_STATE])
    assert {SATURATION, GRADIENT_FLOW} <= set(windows[1].measured)


def test_a_setting_that_training_depends_on_ends_the_measuring(tmp_path: Path):
    session = begun(own_text(tmp_path))
    train(session, 2)
    session.apply(Change("learning_rate", 0.02))
    assert view(session).invalidated
    session.apply(Change("learning_rate", session.trainer.configuration.learning_rate))
    train(session, 8)
    assert measured(session) == 1, "what was found before stays"


def test_going_back_to_the_right_setting_does_not_mend_it(tmp_path: Path):
    session = begun(own_text(tmp_path))
    rate = session.trainer.configuration.learning_rate
    session.apply(Change("learning_rate", 2 * rate))
    session.apply(Change("learning_rate", rate))
    assert view(session).invalidated
    session.apply(Reset())
    assert not view(session).invalidated, "a run from the first step, with the right settings"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", 0.9),
        ("prompt", "the"),
        ("validation_interval", 3),
        ("watched_text", "the fox"),
    ],
)
def test_what_training_does_not_depend_on_is_free(tmp_path: Path, name, value):
    session = begun(own_text(tmp_path))
    session.apply(Change(name, value))
    train(session, 8)
    assert measured(session) == len(CLAIMS)


def test_a_setting_that_means_nothing_beside_the_others_is_free(tmp_path: Path):
    session = begun(own_text(tmp_path, clip_mode="none"))
    session.apply(Change("clip_threshold", 3.0))
    assert not view(session).invalidated


def test_another_seed_is_another_trial_of_the_same_claims(tmp_path: Path):
    session = begun(own_text(tmp_path))
    train(session, 8)
    session.apply(Restart((("seed", 5),)))
    assert not view(session).invalidated
    assert measured(session) == 0
    train(session, 8)
    assert measured(session) == len(CLAIMS)


def test_a_run_with_other_settings_is_none_of_theirs(tmp_path: Path):
    session = begun(own_text(tmp_path))
    session.apply(Restart((("hidden_size", 9),)))
    assert view(session).invalidated


def test_weights_that_were_brought_back_are_none_of_theirs(tmp_path: Path):
    session = begun(own_text(tmp_path, validation_fraction=0.2, validation_interval=1))
    train(session, 3)
    session.apply(UseBest())
    assert view(session).invalidated


def test_nothing_is_claimed_of_a_model_that_is_opened(tmp_path: Path):
    session = begun(own_text(tmp_path))
    session.apply(Resume(session.checkpoint()))
    snapshot = session.snapshot()
    assert snapshot is not None
    assert snapshot.claims is None


def test_a_run_that_fails_has_no_later_findings(tmp_path: Path):
    configuration = own_text(
        tmp_path,
        **{"activation": "relu", "initialization": "orthogonal", "initialization_gain": 10.0},
        **{"optimizer": "sgd", "learning_rate": 1e4, "clip_mode": "none", "sequence_length": 25},
    )
    claims = tuple(Claim("loss", step, above=0) for step in (1, 50))
    session = begun(configuration, claims)
    train(session, 60)
    assert session.state is RunState.FAILED
    assert measured(session) == 1
    assert view(session).invalidated, "who trains on does so from other weights"


def test_measuring_watches_nothing(tmp_path: Path):
    session = begun(own_text(tmp_path))
    session.apply(Watch(frozenset({HISTORY})))
    train(session, 8, observe=True)
    assert SATURATION not in session.trainer.last_window.measured
    assert np.isfinite([finding.measured for finding in view(session).findings if finding]).all()


def test_views_travel():
    claim = Claim("loss", 3, below=1.0)
    seen = ClaimsView((claim,), (Finding(claim, 0.5),), invalidated=False)
    assert pickle.loads(pickle.dumps(seen)) == seen


# -- the way to the next claim --------------------------------------------------------------------


def of_claims(*steps: int, invalidated: bool = False) -> ClaimsView | None:
    claims = [Claim("loss", step, above=0) for step in steps]
    view = ClaimsView.of_none_measured(claims)
    return view and ClaimsView(view.claims, view.findings, invalidated)


STEPS = st.lists(st.integers(1, 40), max_size=4)


@given(st.lists(st.tuples(STEPS, st.booleans(), st.integers(0, 45)), max_size=5))
def test_runs_that_are_led_stop_together_at_each_claim_that_is_ahead_of_one(runs):
    views = [of_claims(*steps, invalidated=out) for steps, out, _ in runs]
    at = [step for _, _, step in runs]
    ahead = {claim for (steps, out, step) in runs for claim in steps if claim > step and not out}
    stops = []
    while way := way_to_next(map(Reached, at, views)):
        assert any(step < way.stop for step in at)
        at = [max(step, way.stop) for step in at]
        stops.append(way.stop)
    assert stops == sorted(ahead)


def test_one_is_led_at_the_speed_at_which_the_whole_way_can_be_watched():
    one, other = of_claims(100, 1300), of_claims(700)
    way = way_to_next([Reached(100, one), Reached(100, other)])
    assert way is not None
    assert (way.stop, way.steps_per_second) == (700, 600 / 12)
    again = way_to_next([Reached(400, one), Reached(400, other)])
    assert again == way, "no slower after a pause"
    first = way_to_next([Reached(0, of_claims(1))])
    assert first is not None
    assert first.steps_per_second == 2, "a step takes no longer than half a second"


def test_nothing_claimed_leads_nowhere():
    assert way_to_next([Reached(3), Reached(0, of_claims())]) is None
