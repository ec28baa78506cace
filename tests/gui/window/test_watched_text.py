"""A watched text, in the real window: written, taken from the screen, and let go."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLineEdit, QToolButton

from rnnviz.training.commands import Pause, Restart, SetSpeed, Train
from rnnviz.training.configuration import Configuration
from rnnviz.training.snapshot import RunState

OF_A_WINDOW = ["hidden_panel", "gradient_panel", "credit_panel", "saturation_panel"]


def is_watched(driver, text: str):
    return driver.until(
        lambda snapshot: (
            snapshot.configuration.watched_text == text
            and snapshot.window.is_watched_text == bool(text)
        )
    )


def text_of(window) -> str:
    return "".join((*window.tokens, window.targets[-1]))


def write(driver, text: str) -> QLineEdit:
    line = driver.child(QLineEdit, "watched_text")
    line.setText(text)
    line.editingFinished.emit()
    return line


def test_a_text_that_is_written_is_what_every_panel_of_a_window_shows(driver):
    driver.window.arrange([*OF_A_WINDOW, "units_panel"])
    write(driver, "the old king")
    snapshot = is_watched(driver, "the old king")
    assert text_of(snapshot.window) == "the old king"
    panels = driver.controller.panels
    for name in OF_A_WINDOW:
        assert panels[name].subtitle.startswith("your watched text, "), name
        assert "your watched text" in panels[name].explanation
        assert "read next" not in panels[name].explanation
    assert "watched" not in panels["units_panel"].subtitle, "it reads a text of its own"
    driver.trigger("action_let_go")
    is_watched(driver, "")
    for name in OF_A_WINDOW:
        assert "watched" not in panels[name].subtitle + panels[name].explanation
        assert "read next" in panels[name].explanation
    assert driver.child(QLineEdit, "watched_text").text() == ""


@pytest.mark.parametrize("level", ["character", "word"])
def test_what_is_on_the_screen_is_watched_until_it_is_let_go(driver, level):
    driver.window.arrange(OF_A_WINDOW)
    post = driver.controller.thread_of_training.post
    changes = (("corpus", "tales"), ("level", level), ("hidden_size", 8))
    before = driver.until_new_run(lambda: post(Restart(changes)))
    watch, let_go = (driver.child(QToolButton, f"button_{name}") for name in ("watch", "let_go"))
    assert (watch.isEnabled(), let_go.isEnabled()) == (True, False)
    watch.click()
    driver.until(lambda snapshot: snapshot.window.is_watched_text)
    assert (watch.isEnabled(), let_go.isEnabled()) == (False, True)
    driver.trigger("action_train")
    after = driver.until(lambda snapshot: snapshot.step > 20)
    known = tuple(token for token in before.window.tokens if token != "<unk>")
    assert after.window.tokens[: len(known)] == known
    driver.trigger("action_train")
    driver.until_state(RunState.PAUSED)
    let_go.click()
    is_watched(driver, "")


def test_hidden_state_and_gradient_go_on_between_two_snapshots_and_nothing_else(driver):
    driver.window.arrange(OF_A_WINDOW)
    write(driver, "the old king")
    is_watched(driver, "the old king")
    post, run = driver.controller.thread_of_training.post, driver.controller.runs.front
    seen = set()

    def goes_on() -> bool:
        quick = [driver.drawn(name) for name in OF_A_WINDOW[:2]]
        others = [driver.drawn(name) for name in (*OF_A_WINDOW[2:], "numbers")]
        assert len({id(one) for one in quick}) == 1, "both are of one step"
        assert all(one is run.snapshot for one in others)
        assert quick[0] is (run.glanced or run.snapshot)
        if run.glanced is not None:
            assert run.glanced.step > run.snapshot.step
            seen.add(run.glanced.step)
        # Where few steps lie between two snapshots, there is nothing to be glanced at.
        return len(seen) > 5 or not run.glances_at

    post(Train())
    driver.until(lambda snapshot: snapshot.step > 20)
    driver.qtbot.waitUntil(goes_on)
    post(Pause())
    driver.until_state(RunState.PAUSED)
    assert run.glanced is None
    assert len({id(drawn) for drawn in driver.drawn_of_seen()}) == 1


def test_the_line_and_its_button_are_always_in_sight_and_do_not_move(driver):
    """At 1280x800 too, whatever is said above them; the button is the one that can be pressed."""
    watch, let_go = (driver.child(QToolButton, f"button_{name}") for name in ("watch", "let_go"))
    line = driver.child(QLineEdit, "watched_text")

    def place() -> QPoint:
        driver.settle()
        assert line.visibleRegion().boundingRect() == line.rect()
        return line.mapTo(driver.window, QPoint(0, 0))

    assert (driver.window.width(), driver.window.height()) == (1280, 800)
    before = place()
    assert (watch.isVisible(), let_go.isVisible()) == (True, False)
    assert (watch.text(), let_go.text()) == ("this one", "let go")
    watch.click()
    driver.train_and_pause(60)
    assert (watch.isVisible(), let_go.isVisible()) == (False, True)
    assert place() == before
    let_go.click()
    is_watched(driver, "")
    assert (watch.isVisible(), let_go.isVisible()) == (True, False)


def test_a_line_end_is_watched_as_one(driver):
    text = "king.\nthe old"
    write(driver, text)
    assert text_of(is_watched(driver, text).window) == text
    line = driver.child(QLineEdit, "watched_text")
    line.editingFinished.emit()
    assert driver.controller.snapshot.configuration.watched_text == text == line.text()


def test_a_tasks_sequence_is_watched(driver):
    post = driver.controller.thread_of_training.post
    changes = (("corpus", "adding"), ("sequence_length", 10))
    before = driver.until_new_run(lambda: post(Restart(changes)))
    driver.trigger("action_watch")
    after = driver.until(lambda snapshot: snapshot.window.is_watched_text)
    assert after.window.tokens == before.window.tokens
    assert driver.controller.panels["task_panel"].subtitle.startswith("your watched text, adding")


def test_what_cannot_be_watched_is_said_once_and_kept(driver):
    write(driver, "€")
    message = driver.until_message("The next window is shown, and not the watched text.")
    assert "2 known characters" in message
    line = driver.child(QLineEdit, "watched_text")
    assert line.text() == "€"


def test_it_is_kept_in_every_run_until_it_is_let_go(driver):
    write(driver, "the old king")
    is_watched(driver, "the old king")
    driver.until_new_run(lambda: driver.trigger("action_new"))
    is_watched(driver, "the old king")
    driver.trigger("action_add_rival")
    runs = driver.controller.runs
    driver.qtbot.waitUntil(lambda: len(runs) == 2 and all(run.snapshot for run in runs))
    for name in ("action_reset", "action_new_seed"):
        before = {run: run.snapshot.run_id for run in runs}
        driver.trigger(name)
        driver.qtbot.waitUntil(
            lambda before=before: all(run.snapshot.run_id != before[run] for run in runs)
        )
        for run in runs:
            assert run.snapshot.configuration.watched_text == "the old king"
            assert text_of(run.snapshot.window) == "the old king"
    let_go = driver.child(QToolButton, "button_let_go")
    driver.until_new_run(lambda: driver.controller.run_control.restart(corpus="brackets"))
    is_watched(driver, "")
    driver.until_message("The watched text is let go.")
    assert driver.child(QLineEdit, "watched_text").text() == ""
    assert let_go.isEnabled(), "the other run is still watched"
    let_go.click()
    driver.qtbot.waitUntil(lambda: not any(run.snapshot.configuration.watched_text for run in runs))


def test_the_axes_hold_still(driver):
    """While the network learns slowly, the same text has the same axes."""
    driver.window.arrange(OF_A_WINDOW)
    post = driver.controller.thread_of_training.post
    rate = (("learning_rate", 1e-6), ("optimizer", "sgd"))
    driver.until_new_run(lambda: post(Restart(rate)))
    write(driver, "the old king was old")
    is_watched(driver, "the old king was old")
    panels = driver.controller.panels
    # On a fast machine with slow frames, even so small steps lead far.
    post(SetSpeed(200))
    driver.trigger("action_train")
    driver.until(lambda snapshot: snapshot.step > 60)
    ranges, values = [], []
    for _ in range(8):
        step = driver.controller.snapshot.step
        driver.until(lambda snapshot, step=step: snapshot.step > step)
        mappings = [panels[name].view.mapping for name in OF_A_WINDOW]
        ranges.append([(one.x.low, one.x.high, one.y.low, one.y.high) for one in mappings])
        values.append(panels["hidden_panel"]._heat_map.values)
    assert all(one == ranges[0] for one in ranges)
    assert np.abs(values[-1] - values[0]).max() < 0.1
    assert Configuration().watched_text == ""
