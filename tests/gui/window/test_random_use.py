"""Any order of commands, in the real window: no hang, no warning, nothing lost."""

import random

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QPushButton

from rnnviz.data import TASKS
from rnnviz.gui.plotting import PlotView
from rnnviz.training.configuration import SETTINGS, Configuration
from rnnviz.training.snapshot import RunState

ACTIONS = (
    "action_train", "action_step", "action_reset", "action_new_seed", "action_new",
    "action_undo", "action_redo", "action_use_best", "action_theme", "action_restore_layout",
    "action_check_gradients", "action_watch", "action_let_go",
    "action_earlier", "action_later", "action_film", "action_beside_now", "action_back_to_now",
)  # fmt: skip
SEQUENCES = 500


def settle(qapp, milliseconds_of_events: int = 2) -> None:
    for _ in range(milliseconds_of_events):
        qapp.processEvents()


@pytest.mark.timeout(240)
@pytest.mark.qt_log_level_fail("WARNING")
def test_500_random_sequences_of_commands_leave_a_window_that_trains(  # noqa: C901, PLR0915  # its commands
    new_driver, qapp, tmp_path, thoroughness, own_autosaves
):
    """Small networks, so that the commands meet many states and not one long step."""
    # Far more often than a person has it.
    driver = new_driver(autosave_seconds=0.05)
    rng = random.Random(7)
    window, form = driver.window, driver.controller.form
    model, text, bad = tmp_path / "m.rnnviz", tmp_path / "t.txt", tmp_path / "bad.rnnviz"
    text.write_text("one two three four five six seven. " * 40)
    bad.write_bytes(b"not a model at all")
    driver.child(QAbstractSpinBox, "hidden_size").setValue(8)
    driver.controller.save(model)
    driver.until_message("Saved")

    def edit_a_number() -> None:
        name = rng.choice(
            [n for n, s in SETTINGS.items() if s.kind is not str and s.group != "text"]
        )
        box = driver.child(QAbstractSpinBox, name)
        setting = SETTINGS[name]
        highest = min(float(setting.maximum), 64.0)
        box.setValue(setting.kind(rng.uniform(float(setting.minimum), highest)))

    def choose() -> None:
        name = rng.choice(["corpus", "initialization", "optimizer", "schedule", "level"])
        box = driver.child(QComboBox, name)
        # A text or a task, but not a person's own text, which asks for a file.
        tasks = [box.findData(task) for task in TASKS] if name == "corpus" else []
        box.setCurrentIndex(rng.choice([0, 1, 2, *tasks]))
        box.activated.emit(box.currentIndex())

    def press() -> None:
        names = ("activation_tanh", "activation_relu", "clip_mode_none", "clip_mode_value",
                 "clip_mode_norm", "cell_vanilla", "cell_lstm", "cell_gru",
                 "gradient_total", "sample_now", "sample_0", "write_text",
                 "more_settings")  # fmt: skip
        driver.child(QPushButton, rng.choice(names)).click()

    def choose_a_state() -> None:
        panel = rng.choice(["hidden_panel", "gradient_panel", "gradient_history_panel"])
        what = rng.choice(["layer_1", "layer_2", "state_h", "state_c"])
        pill = window.findChild(QPushButton, f"{panel}_{what}_pill")
        if pill is not None:
            pill.click()

    def follow_a_preset() -> None:
        driver.child(QAction, rng.choice(["preset_default", "preset_textbook"])).trigger()

    def answer() -> None:
        names = ("message_accept", "message_refuse", "draft_accept", "draft_drop")
        button = driver.child(QPushButton, rng.choice(names))
        if button.isVisible():
            button.click()

    def speed() -> None:
        window.toolbar.speed.setValue(rng.randrange(window.toolbar.speed.maximum() + 1))

    def dock() -> None:
        chosen = rng.choice(list(window.docks.values()))
        chosen.setVisible(chosen.isHidden())

    def touch() -> None:
        plot = rng.choice(window.findChildren(PlotView))
        place = QPointF(rng.uniform(0, plot.width()), rng.uniform(0, plot.height()))
        modifier = rng.choice([Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier,
                               Qt.KeyboardModifier.ControlModifier])  # fmt: skip
        by = QPoint(rng.randint(-99, 99), rng.randint(-99, 99))
        none, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
        press, move, release = (
            QMouseEvent(kind, at, QPointF(plot.viewport().mapToGlobal(at)), left, buttons, modifier)
            for kind, at, buttons in (
                (QEvent.Type.MouseButtonPress, place, left),
                (QEvent.Type.MouseMove, place + by, left),
                (QEvent.Type.MouseButtonRelease, place + by, none),
            )
        )
        wheel = QWheelEvent(
            place, press.globalPosition(), QPoint(), 9 * by, none, modifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        for event in rng.choice([[wheel], [press, move, release]]):
            qapp.sendEvent(plot.viewport(), event)

    acts = (
        lambda: driver.trigger(rng.choice(ACTIONS)),
        lambda: driver.trigger("action_train"),
        lambda: driver.controller.open_file(rng.choice([model, text, bad, tmp_path / "gone.txt"])),
        lambda: driver.controller.save(model),
        edit_a_number, edit_a_number, choose, press, press, answer, answer, speed, dock,
        choose_a_state, follow_a_preset, touch, touch,
        lambda: rng.choice(list(driver.controller.panels.values())).expand_requested.emit(),
    )  # fmt: skip
    for _ in range(round(SEQUENCES * thoroughness)):
        for _ in range(rng.randint(1, 5)):
            rng.choice(acts)()
        settle(qapp)
    window.messages.hide()
    form.forget_draft()
    window.toolbar.speed.setValue(window.toolbar.speed.maximum())
    # What was asked for meanwhile is obeyed first, in its order.
    driver.until_new_run(
        lambda: driver.controller.run_control.begin(Configuration()), timeout=120_000
    )
    driver.trigger("action_train")
    driver.until(lambda s: s.state is RunState.RUNNING and s.step > 20, timeout=60_000)
    driver.qtbot.waitUntil(lambda: any(own_autosaves.rglob("*.rnnviz")))
    driver.controller.close_now()
    assert list(own_autosaves.iterdir()) == []


def test_3000_redraws_lose_no_references(driver, qapp, thoroughness):
    """A release of the bindings aborted here within about 2,000 redraws."""
    driver.trigger("action_step")
    snapshot = driver.until(lambda s: s.step == 1)
    for number in range(round(3000 * thoroughness)):
        for panel in driver.controller.panels.values():
            panel.show_snapshot(snapshot)
            panel.update()
        if number % 10 == 0:
            driver.window.repaint()
        qapp.processEvents()
    driver.trigger("action_step")
    driver.until(lambda s: s.step == 2)
