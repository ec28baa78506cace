"""A claim is asked with another bound, by dragging its line; the experiment stays as it is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton

from rnnviz.gui.experiments.asked import AskedClaims
from rnnviz.gui.wording.claims import asked_words
from rnnviz.training.claims.claim import Claim, Finding
from rnnviz.training.claims.watch import ClaimsView
from rnnviz.training.commands import Train

LEFT = Qt.MouseButton.LeftButton
LOW = Claim("loss", below=2.7, step=1000)
HIGH = Claim("largest_norm", above=15, step=1000)


def plain(words: str) -> str:
    return words.replace("\N{NO-BREAK SPACE}", " ")


def test_what_was_measured_is_held_against_the_bound_that_is_asked(qtbot, application) -> None:
    asked = AskedClaims(application)
    told: list[None] = []
    asked.changed.connect(lambda: told.append(None))
    view = ClaimsView((LOW, HIGH), (Finding(LOW, 2.5), None), invalidated=False)
    assert asked.applied(view) == view
    asked.ask(LOW, "below", 2.0)
    assert [one.holds for one in asked.applied(view).findings if one] == [False]
    assert view.findings[0].holds, "the run's own findings are as they were"
    assert plain(asked_words(asked.pairs)) == (
        "You ask for loss < 2 at step 1,000, where the experiment claims < 2.7."
    )
    asked.ask(LOW, "below", 2.0)
    assert len(told) == 1
    asked.ask(LOW, "below", 2.7)
    assert asked.pairs == ()
    asked.ask(HIGH, "above", 20)
    asked.forget()
    assert asked.applied(view) == view
    assert asked_words(asked.pairs) == ""


@pytest.fixture
def loss(driver):
    """Return the loss of the run of "It explodes" that diverges, after the step of its claims."""
    driver.until_new_run(lambda: driver.child(QAction, "experiment_explodes").trigger())
    driver.until_new_run(driver.child(QPushButton, "experiment_run_2").click)
    driver.controller.thread_of_training.post(Train(50))
    driver.until(lambda snapshot: snapshot.step == 50)
    driver.settle()
    return driver.controller.panels["loss_panel"]


def lines_of(panel) -> dict[float, str]:
    """Return the lines of claims that are in sight: their values and their words."""
    lines = [line for line, _ in panel.claim_lines._lines if line.shown]
    return {line.value: plain(line.label) for line in lines}


def findings(driver) -> str:
    return plain(driver.child(QLabel, "experiment_findings").text())


def test_a_claim_s_line_is_dragged_the_card_says_so_and_takes_it_back(driver, loss):
    asked, back = (
        driver.child(QLabel, "experiment_asked"),
        driver.child(QPushButton, "experiment_as_made"),
    )
    assert lines_of(loss) == {10: "claimed at step 50: loss > 10"}
    assert "✓ step 50: loss" in findings(driver)
    assert not asked.isVisible()
    mapping, viewport = loss.view.mapping, loss.view.viewport()
    across = round(mapping.rect.left()) + 40
    place = QPoint(across, round(mapping.y.to_pixel(10)))
    end = QPoint(across, round(mapping.rect.top()) + 1)
    driver.qtbot.mousePress(viewport, LEFT, pos=place)
    driver.qtbot.mouseMove(viewport, end)
    # While it is dragged nothing comes that would move the plot under the pointer.
    driver.qtbot.waitUntil(lambda: not loss.claim_lines._lines[0][1]._setting.isActive())
    assert not asked.isVisible()
    assert plain(loss.view.hover_text).startswith("asked at step 50: loss > ")
    driver.qtbot.mouseRelease(viewport, LEFT, pos=end)
    (bound,) = lines_of(loss)
    assert bound > 10
    assert asked.isVisible()
    words = plain(asked.text())
    assert words == f"You ask for loss > {bound:g} at step 50, where the experiment claims > 10."
    assert "✗ step 50: loss" in findings(driver), "nothing is so large that it is not in sight"
    assert f"(not > {bound:g})" in findings(driver)
    # The run knows nothing of it.
    (finding,) = [
        one for one in driver.controller.snapshot.claims.findings if one.claim.quantity == "loss"
    ]
    assert finding.claim.above == 10
    back.click()
    assert lines_of(loss) == {10: "claimed at step 50: loss > 10"}
    assert not asked.isVisible()
    assert "✓ step 50: loss" in findings(driver)


def test_the_lines_go_with_the_card_and_with_what_the_claims_are_about(driver, loss):
    driver.window.experiment_card._close.click()
    assert lines_of(loss) == {}
    driver.child(QAction, "experiment_explodes").trigger()
    driver.qtbot.waitUntil(lambda: lines_of(loss) != {})
    driver.controller.live.change("learning_rate", 0.002)
    driver.qtbot.waitUntil(lambda: lines_of(loss) == {})


def test_another_experiment_is_asked_as_it_is(driver, loss):
    guide = driver.controller.guide
    (claim,) = [one for one, _ in guide._pairs if one.quantity == "loss"]
    guide.asked.ask(claim, "above", 12.0)
    assert driver.child(QLabel, "experiment_asked").isVisible()
    driver.child(QAction, "experiment_saturated").trigger()
    driver.until_new_run(driver.child(QPushButton, "message_accept").click)
    assert guide.asked.pairs == ()
    assert not driver.child(QLabel, "experiment_asked").isVisible()
