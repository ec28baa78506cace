"""All that is drawn of one window is of one step and one sequence, whatever is done and shown.

While a text is watched, what is for every frame may be some steps newer than all else.
"""

import random

import numpy as np
import pytest
from PySide6.QtWidgets import QAbstractSpinBox

from rnnviz.training.commands import Change, Pause, Reset, Restart, SetSpeed, TakeStep, Train
from rnnviz.training.observation.diagnostics.credit import CREDIT
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.diagnostics.hidden_state import HIDDEN_STATE
from rnnviz.training.observation.diagnostics.saturation import SATURATION
from rnnviz.training.snapshot import RunState

OF_A_WINDOW = ("hidden_panel", "gradient_panel", "credit_panel", "saturation_panel",
               "spectrum_panel", "units_panel", "task_panel")  # fmt: skip
FOR_EVERY_FRAME = ("hidden_panel", "gradient_panel")
RUNS = (
    {"corpus": "counting", "hidden_size": 12, "sequence_length": 9},
    {"corpus": "temporal_order", "hidden_size": 8, "sequence_length": 20, "batch_size": 2},
    {"corpus": "tales", "cell": "lstm", "hidden_size": 10, "sequence_length": 14},
    {"corpus": "tales", "cell": "gru", "num_layers": 2, "hidden_size": 9, "batch_size": 3},
)


class Picture:
    """What can be read off the panels that are seen, not what they were handed."""

    def __init__(self, driver) -> None:
        docks, panels = driver.window.docks, driver.controller.panels
        self.seen = {name for name, dock in docks.items() if driver.window.is_seen(dock)}
        self.panels = panels
        self.sequences: dict[str, tuple[str, ...]] = {}
        for name in ("hidden_panel", "gradient_panel"):
            if self.shows(name):
                self.sequences[name] = tuple(panels[name].view._frame.characters.characters)
        if self.shows("credit_panel") and panels["credit_panel"]._credit is not None:
            self.sequences["credit_panel"] = panels["credit_panel"]._credit.tokens
        seen = [name for name in OF_A_WINDOW if self.shows(name)]
        self.steps = {name: panels[name].of_step for name in seen}
        self.quick = {name for name in FOR_EVERY_FRAME if panels[name].is_for_every_frame}
        self.watched = {panels[name]._is_watched for name in seen if name != "units_panel"}

    def shows(self, name: str) -> bool:
        return name in self.seen and self.panels[name]._body.isVisible()

    def check(self, snapshot, glanced) -> None:
        """Check against the newest snapshot, and what was glanced at since; None for nothing."""
        newest = snapshot if glanced is None else glanced
        assert len(set(self.sequences.values())) <= 1, self.sequences
        for is_quick in (True, False) if glanced else (None,):
            steps = {s for n, s in self.steps.items() if is_quick in (n in self.quick, None)}
            assert len(steps) <= 1, self.steps
        window, panels = snapshot.window, self.panels
        assert newest.window.step >= window.step
        assert self.watched <= {window.is_watched_text}
        for characters in self.sequences.values():
            assert characters == window.tokens
        if self.shows("hidden_panel"):
            chooser = panels["hidden_panel"].chooser
            states = newest.window.measured[HIDDEN_STATE][chooser.states[0]][chooser.layer].T
            assert np.array_equal(panels["hidden_panel"]._heat_map.values, states)
        both = self.shows("gradient_panel") and self.shows("credit_panel")
        if both and newest is snapshot:
            # The last row of the one is the curve of the other, measured by another way.
            credit = panels["credit_panel"]
            flow = window.measured[GRADIENT_FLOW].from_last[credit.chooser.states[0]][
                credit.chooser.layer
            ]
            drawn = np.nan_to_num(credit._heat_map.values[-1])
            assert np.allclose(drawn, flow, rtol=1e-3, atol=1e-12)
        if self.shows("saturation_panel") and self.shows("hidden_panel") and window.streams == 1:
            assert window.measured[SATURATION].shape[0] == len(window.tokens)


def act(driver, rng: random.Random) -> str:
    """Do one thing that a person can do; return what it was."""
    post = driver.controller.thread_of_training.post
    window, panels = driver.window, driver.controller.panels
    name = rng.choice(OF_A_WINDOW)
    dock = window.docks[name]
    deeds = {
        "train": lambda: post(Train()),
        "pause": lambda: post(Pause()),
        "step": lambda: post(TakeStep()),
        "reset": lambda: post(Reset()),
        "slow": lambda: post(SetSpeed(rng.choice([3.0, 15.0, 40.0]))),
        "fast": lambda: post(SetSpeed(None)),
        "length": lambda: post(Change("sequence_length", rng.randrange(2, 24))),
        "watch": lambda: driver.trigger("action_watch"),
        "let go": lambda: driver.trigger("action_let_go"),
        "another run": lambda: post(Restart(tuple(rng.choice(RUNS).items()))),
        f"show or hide {name}": lambda: dock.setVisible(dock.isHidden()),
        f"fill or restore {name}": lambda: dock.isHidden() or panels[name].expand_requested.emit(),
    }
    what = rng.choice(list(deeds))
    deeds[what]()
    return what


@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_is_done_a_picture_is_of_one_step_and_one_sequence(
    driver, qapp, seed, thoroughness
):
    rng = random.Random(seed)
    done: list[str] = []
    drawn: list[int] = []
    show_frame = driver.controller.shown.draw

    def draw_and_check(front, compared) -> None:
        show_frame(front, compared)
        drawn.append(front.snapshot.step)

    driver.controller.shown.draw = draw_and_check
    while len(done) < 60 * thoroughness or len(drawn) < 20 * thoroughness:
        done.append(act(driver, rng))
        for _ in range(rng.choice([1, 1, 5, 40])):
            qapp.processEvents()
            # Whoever takes a photograph, takes it now.
            try:
                run = driver.controller.runs.front
                Picture(driver).check(run.snapshot, run.glanced)
            except AssertionError as error:
                raise AssertionError(f"after {done[-6:]}") from error
        # Now and then, let what was asked for be done.
        driver.qtbot.wait(rng.choice([0, 0, 0, 150]))


def test_the_first_step_changes_hidden_state_gradient_and_credit(driver):
    driver.window.arrange(["hidden_panel", "gradient_panel", "credit_panel"])
    driver.until(lambda s: CREDIT in s.window.measured and HIDDEN_STATE in s.window.measured)
    panels = driver.controller.panels

    def looks() -> list[bytes]:
        return [
            panels[name].view.grab().toImage().constBits().tobytes() for name in OF_A_WINDOW[:3]
        ]

    before = looks()
    driver.trigger("action_step")
    driver.until(lambda s: s.window.step == 1)
    assert all(one != other for one, other in zip(before, looks(), strict=True))


def test_filling_the_window_and_going_back_changes_no_other_panel(driver):
    driver.trigger("action_step")
    driver.until(lambda s: s.window.step == 1)
    panels = driver.controller.panels
    before = panels["hidden_panel"]._heat_map.values.copy()
    curve = panels["gradient_panel"]._from_last["h"].y.copy()
    for _ in range(2):
        panels["loss_panel"].expand_requested.emit()
    driver.until_state(RunState.PAUSED)
    driver.qtbot.wait(200)
    assert np.array_equal(panels["hidden_panel"]._heat_map.values, before)
    assert np.array_equal(panels["gradient_panel"]._from_last["h"].y, curve)


def test_every_picture_is_drawn_from_one_snapshot_numbers_included(driver):
    driver.child(QAbstractSpinBox, "hidden_size").setValue(16)
    driver.trigger("action_train")
    for _ in range(20):
        step = driver.controller.snapshot.step
        driver.until(lambda s, step=step: s.step > step)
        snapshots = {id(drawn) for drawn in driver.drawn_of_seen()}
        assert len(snapshots) == 1
