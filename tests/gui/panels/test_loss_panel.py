"""What Loss shows of a run, and what it says of a step."""

import pytest
from PySide6.QtWidgets import QGraphicsPathItem, QLabel

from rnnviz.gui.panels.loss_panel import LossPanel
from rnnviz.gui.style.theme import Theme
from rnnviz.training.commands import NewRun
from rnnviz.training.configuration import Configuration
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.session import Session
from rnnviz.training.snapshot import Snapshot

SMALL = {"hidden_size": 3, "sequence_length": 2, "batch_size": 1, "validation_interval": 0}


@pytest.fixture
def panel(qtbot) -> LossPanel:
    panel = LossPanel(Theme())
    qtbot.addWidget(panel)
    panel.resize(560, 240)
    panel.show()
    return panel


def run_of(steps: int, **settings: object) -> tuple[Snapshot, list[float]]:
    """Return a run after so many steps, and every step's own loss."""
    session = Session()
    changes = SMALL | settings
    session.apply(NewRun(Configuration.from_mapping(Configuration().to_mapping() | changes)))
    losses = [session.trainer.step().loss for _ in range(steps)]
    snapshot = session.snapshot()
    return snapshot, losses


def hovered(panel: LossPanel, step: float) -> list[str]:
    return panel.view._readout(step, 0.0).splitlines()


def test_hovering_says_the_smoothed_loss_and_the_steps_own(panel):
    snapshot, losses = run_of(60)
    panel.show_snapshot(snapshot)
    place, smoothed, own = hovered(panel, 20)
    assert place == "training step 20"
    value = snapshot.get(HISTORY).smoothed_loss[19]
    assert smoothed == f"training, smoothed over about 50 steps: {value:.3f} nats"
    assert own == f"this step's own: {losses[19]:.3f} nats"


def test_where_steps_are_merged_hovering_says_between_what_they_lie(panel):
    snapshot, losses = run_of(1101)
    assert snapshot.get(HISTORY).interval == 2
    panel.show_snapshot(snapshot)
    _, _, own = hovered(panel, 500)
    low, high = sorted(losses[498:500])
    assert own == f"steps 499 to 500: {low:.3f} to {high:.3f} nats"
    assert hovered(panel, 1101)[2] == f"this step's own: {losses[-1]:.3f} nats"
    snapshot, losses = run_of(1102)
    panel.show_snapshot(snapshot)
    assert hovered(panel, 1102)[2].endswith(f"nats, the last {losses[-1]:.3f}")
    assert hovered(panel, 1)[2].startswith("steps 1 to 2: ")


def test_hovering_and_subtitle_agree_with_the_toolbar(driver):
    panel = driver.controller.panels["loss_panel"]
    for step in (1, 2):
        driver.trigger("action_step")
        driver.until(lambda snapshot, step=step: snapshot.step == step)
    number = driver.child(QLabel, "loss_nats").text()
    assert hovered(panel, 2)[1].endswith(f": {number} nats")
    assert panel.subtitle.startswith(f"{number} nats")


def test_the_held_out_loss_stands_where_it_was_measured_and_nowhere_else(panel):
    snapshot, _ = run_of(25, validation_interval=10)
    panel.show_snapshot(snapshot)
    curve = panel._validation
    assert curve.x.tolist() == [10, 20]
    line, _, dots, holes, _ = curve.graphics
    assert isinstance(line, QGraphicsPathItem)
    assert line.path().isEmpty(), "nothing is known between two measurements"
    assert dots.isVisible()
    assert holes.isVisible(), "as blue as the curve below them, they are hollow"
    said = hovered(panel, 17)[-1]
    assert said == f"held-out text, at step 20: {curve.y[1]:.3f} nats"
