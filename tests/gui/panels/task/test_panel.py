"""The long-memory tasks through the real window: what is seen, said, refused, saved."""

import csv
import io
import re
from dataclasses import fields, replace

import numpy as np
import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QTextEdit, QWidget

from rnnviz.data import TASKS
from rnnviz.gui.panels.loss_panel import LossPanel
from rnnviz.gui.panels.task.panel import score_sentence
from rnnviz.training.commands import Train
from rnnviz.training.configuration import SETTINGS
from rnnviz.training.configuration.presets import PRESETS
from rnnviz.training.loading import new_trainer
from rnnviz.training.observation.diagnostics.history import HISTORY
from rnnviz.training.observation.kinds.diagnostic import Measurements
from rnnviz.training.record.history import HistoryView, SeriesView
from rnnviz.training.snapshot import RunState

SMALL = {"hidden_size": 12, "sequence_length": 25, "batch_size": 3}
by_name = pytest.mark.parametrize("name", list(TASKS))


def learn(driver, name, **changes):
    wanted = SMALL | {"corpus": name} | changes
    return driver.restart(**wanted)


def seen(driver) -> set[str]:
    return {name for name, dock in driver.window.docks.items() if dock.isVisible()}


def table(driver) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(driver.controller.panels["task_panel"].csv())))


@by_name
@pytest.mark.parametrize(("cell", "num_layers"), [("vanilla", 1), ("lstm", 2), ("gru", 1)])
def test_the_task_is_shown_as_it_was_drawn_and_answered(driver, name, cell, num_layers):
    learn(driver, name, cell=cell, num_layers=num_layers)
    snapshot = driver.take_steps()
    panel, task = driver.controller.panels["task_panel"], TASKS[name]
    # The same run without a window.
    trainer = new_trainer(snapshot.configuration)
    trainer.step()
    window = trainer.reader.peek_window()
    labels = task.input_labels(window.inputs[:, 0])
    assert [row["shown"] for row in table(driver)] == list(labels)
    logits = trainer.look_ahead().logits[-len(window.targets) :, 0]
    answered = [row for row in table(driver) if row["network's answer"]]
    assert len(answered) == task.answered_steps(25)
    if name == "adding":
        assert answered[0]["right answer"] == f"{window.targets[0, 0, 0]:.2f}"
        assert answered[0]["network's answer"] == f"{logits[0, 0]:.2f}"
    else:
        right = [task.answers[index] for index in window.targets[:, 0]]
        given = [task.answers[index] for index in logits.argmax(axis=1)]
        assert [row["right answer"] for row in answered] == right
        assert [row["network's answer"] for row in answered] == given
        shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        shown = [[float(row[f"probability of {a}"]) for a in task.answers] for row in answered]
        assert np.allclose(shown, shares, atol=1e-5)
    for row in answered:
        assert row["right answer"] in panel.text
        assert row["network's answer"] in panel.text
    assert task.question in panel.text
    assert f"{task.title.lower()} over 25 time steps" == panel.subtitle
    assert task.description in panel.explanation


def test_the_task_stands_in_the_place_of_the_text_and_gives_it_back(driver):
    driver.settle()
    before, place = seen(driver), driver.window.docks["text_panel"].geometry()
    learn(driver, "adding")
    assert seen(driver) == before - {"text_panel"} | {"task_panel"}
    driver.qtbot.waitUntil(lambda: driver.window.docks["task_panel"].geometry() == place)
    learn(driver, "tales")
    assert seen(driver) == before
    driver.qtbot.waitUntil(lambda: driver.window.docks["text_panel"].geometry() == place)


def test_the_layout_menu_offers_the_panel_that_suits_the_run(driver):
    def offered() -> set[str]:
        actions = driver.window.toolbar.layout_menu.actions()
        return {action.text() for action in actions if action.isVisible()}

    assert {"Generated text", "The task"} & offered() == {"Generated text"}
    learn(driver, "copying")
    assert {"Generated text", "The task"} & offered() == {"The task"}


@pytest.mark.parametrize("first", ["adding", "tales"])
def test_a_panel_that_the_person_has_hidden_stays_so_in_a_run_of_another_kind(driver, first):
    second, hidden = ("tales", "task_panel") if first == "adding" else ("adding", "text_panel")
    learn(driver, first)
    driver.window.docks[hidden].toggleViewAction().trigger()
    learn(driver, second)
    assert not {"text_panel", "task_panel"} & seen(driver)
    driver.trigger("action_restore_layout")
    other = "text_panel" if second == "tales" else "task_panel"
    assert {"text_panel", "task_panel"} & seen(driver) == {other}


@pytest.mark.parametrize("expanded", ["text_panel", "loss_panel"])
def test_another_kind_of_run_while_one_panel_fills_the_window(driver, expanded):
    before = seen(driver)
    driver.controller.panels[expanded].expand_requested.emit()
    learn(driver, "temporal-order")
    filling = "task_panel" if expanded == "text_panel" else expanded
    assert seen(driver) == {filling}
    expand = driver.child(QWidget, f"{filling}_expand")
    assert expand.accessibleName() == "Show all panels again"
    driver.controller.panels[filling].expand_requested.emit()
    assert seen(driver) == before - {"text_panel"} | {"task_panel"}
    assert driver.child(QWidget, "text_panel_expand").accessibleName().startswith("Fill")
    learn(driver, "tales")
    assert seen(driver) == before


def test_a_panel_that_floats_is_replaced_where_it_floats(driver):
    dock = driver.window.docks["text_panel"]
    dock.setFloating(True)
    dock.setGeometry(40, 50, 500, 300)
    learn(driver, "adding")
    task = driver.window.docks["task_panel"]
    assert task.isFloating()
    assert task.geometry() == dock.geometry()
    task.setFloating(False)
    learn(driver, "tales")
    assert dock.isVisible()
    assert not dock.isFloating()


@pytest.mark.parametrize("moment", ["task", "expanded"])
def test_a_layout_saved_with_a_task_suits_the_text_of_the_next_start(new_driver, moment):
    driver = new_driver()
    before = seen(driver)
    driver.window.docks["clipping_panel"].hide()
    learn(driver, "adding")
    if moment == "expanded":
        driver.controller.panels["task_panel"].expand_requested.emit()
    driver.window.close()
    again = new_driver()
    assert seen(again) == before - {"clipping_panel"}


@by_name
def test_nothing_in_the_window_speaks_of_characters_or_text(driver, name):
    learn(driver, name, validation_interval=1, num_layers=2)
    driver.child(QPushButton, "more_settings").click()
    driver.take_steps()
    said = [p.explanation for n, p in driver.controller.panels.items() if n in seen(driver)]
    said += [p.subtitle for n, p in driver.controller.panels.items() if n in seen(driver)]
    spared = {"corpus", "text_file", "action_open"}
    for kind in (QLabel, QWidget):
        for widget in driver.window.findChildren(kind):
            if widget.isVisible() and widget.objectName() not in spared:
                said += [widget.toolTip(), widget.accessibleName()]
                said += [widget.text()] if isinstance(widget, QLabel) else []
    corpus = SETTINGS["corpus"].help
    wrong = ("character", "held-out text", "streams", "epoch ", "window to window", "perplexity")
    found = [s for s in said if s != corpus and any(word in s for word in wrong)]
    assert not found


def test_settings_that_mean_nothing_to_a_task_are_out_of_sight(driver):
    driver.child(QPushButton, "more_settings").click()
    form = driver.controller.form

    def hidden() -> set[str]:
        return {name for name, editor in form._editors.items() if editor.isHidden()}

    before = hidden()
    learn(driver, "copying")
    text_only = {"level", "vocabulary_size", "validation_fraction", "window_start"}
    driver.qtbot.waitUntil(lambda: hidden() - before == text_only)
    learn(driver, "tales")
    driver.qtbot.waitUntil(lambda: hidden() == before)


def test_the_help_of_a_setting_is_that_of_the_kind_of_run(driver):
    box = driver.child(QWidget, "sequence_length")
    text_help = box.toolTip()
    learn(driver, "adding")
    task_help = SETTINGS["sequence_length"].help_for(TASKS["adding"])
    driver.qtbot.waitUntil(lambda: box.toolTip() == task_help)
    learn(driver, "tales")
    driver.qtbot.waitUntil(lambda: box.toolTip() == text_help)


@pytest.mark.parametrize(
    ("name", "unit", "bits"), [("adding", "squared error", False), ("copying", "nats", True)]
)
def test_the_toolbar_has_the_numbers_of_a_task_only(driver, name, unit, bits):
    learn(driver, name)
    driver.window.resize(1760, 800)
    readouts = driver.window.toolbar.readouts
    driver.qtbot.waitUntil(lambda: readouts["bits"].isVisible() is bits)
    assert not readouts["epoch"].isVisible()
    assert driver.child(QLabel, "loss_nats").accessibleName() == unit
    assert driver.child(QLabel, "token_rate").accessibleName() == "time steps/s"
    learn(driver, "tales")
    driver.qtbot.waitUntil(lambda: readouts["epoch"].isVisible() and readouts["bits"].isVisible())
    assert driver.child(QLabel, "loss_nats").accessibleName() == "nats"


@by_name
def test_the_loss_is_compared_with_chance_in_its_own_unit(driver, name):
    task, panel = TASKS[name], driver.controller.panels["loss_panel"]
    learn(driver, name, validation_interval=2)
    drawn = [(line.value, line.label) for line in panel._lines if line.value is not None]
    assert drawn == [(task.chance, task.guess)]
    high = panel.view.mapping.y.range.high
    assert task.chance <= high <= 1.6 * task.chance
    driver.take_steps()
    score = driver.take_steps().score
    assert list(panel._validation.y) == [pytest.approx(score.loss)]
    assert panel._validation.label == "new sequences"
    assert task.loss_unit in panel.subtitle
    note = panel.view._frame.note("bottom_left").replace("\N{NO-BREAK SPACE}", " ")
    assert f"of {score.sequences:,} wrong; solved: less than 1 %" in note
    assert task.guess in panel.explanation
    assert "{" not in panel.explanation
    axis = panel.view.mapping.y.axis
    assert axis.unit == ("" if name == "adding" else "nats")
    learn(driver, "tales")
    assert panel.view._frame.note("bottom_left") == ""
    drawn = [line.name for line in panel._lines if line.value is not None]
    assert drawn == ["uniform", "unigram", "bigram", "true_entropy"]
    assert panel._validation.label == "held-out text"
    assert "perplexity" in panel.explanation


def test_the_score_is_told_once_it_is_known(driver):
    learn(driver, "temporal-order", validation_interval=0)
    panel = driver.controller.panels["task_panel"]
    assert "not tested" in panel.text
    driver.controller.live.change("validation_interval", 2)
    driver.qtbot.waitUntil(lambda: "after every 2 steps" in panel.text)
    driver.take_steps()
    snapshot = driver.take_steps()
    score = snapshot.score
    assert f"of {score.sequences:,} new sequences were answered wrongly" in panel.text
    assert score_sentence(snapshot).replace("\N{NO-BREAK SPACE}", " ") in panel.text


def test_beside_a_step_of_the_past_the_score_is_said_to_be_of_now(driver):
    learn(driver, "temporal-order", validation_interval=2)
    driver.take_steps(4)
    driver.window.timeline.asked.emit(1, True)
    snapshot = driver.until_seen(1)
    assert score_sentence(snapshot).startswith("Now, when last tested, ")
    assert score_sentence(snapshot, is_brief=True).startswith("Last test, of now: ")
    note = driver.controller.panels["loss_panel"].view._frame.note("bottom_left")
    assert note.startswith("now ")
    assert "wrong; solved" in note


@pytest.mark.parametrize("interval", [0, 2])
def test_where_there_is_little_room_the_score_is_told_in_few_words(driver, interval):
    before = learn(driver, "temporal-order", validation_interval=interval)
    after = driver.take_steps(2)
    for snapshot in (before, after):
        brief, full = (score_sentence(snapshot, is_brief=brief) for brief in (True, False))
        assert len(brief) < len(full) / 2
        assert ("not tested" in brief) == ("not tested" in full)
        assert ("every 2 steps" in brief) == ("every 2 steps" in full)
    assert ("Last test" in brief) == bool(interval)


def test_numbers_are_labels_with_the_room_of_words(driver):
    snapshot = learn(driver, "adding", sequence_length=40)
    axis = driver.controller.panels["hidden_panel"].view._frame.characters
    assert axis.are_words
    assert axis.characters == list(snapshot.window.tokens)
    learn(driver, "copying", sequence_length=40, level="word")
    assert not axis.are_words


def test_a_sequence_too_short_is_refused_with_a_sentence(driver):
    learn(driver, "copying")
    driver.controller.live.change("sequence_length", 20)
    assert "at least 21" in driver.until_message("at least 21")
    assert driver.take_steps().configuration.sequence_length == 25
    assert driver.controller.form.editor("sequence_length").value() == 25


@by_name
@pytest.mark.parametrize("length", [21, 200, 2000])
def test_another_length_takes_effect_at_the_next_step(driver, name, length):
    learn(driver, name)
    driver.controller.live.change("sequence_length", length)
    snapshot = driver.take_steps()
    assert len(snapshot.window.tokens) == length
    panel = driver.controller.panels["task_panel"]
    driver.qtbot.waitUntil(lambda: f"{length:,} time steps" in panel.subtitle)
    assert len(table(driver)) == length
    if length == 2000:
        assert re.search(r"… [\d,]+ steps", panel.text.replace("\N{NO-BREAK SPACE}", " "))
    bar = driver.child(QTextEdit, "task_picture").verticalScrollBar()
    assert bar.maximum() == 0, "what it needs is not more than the dock has"


def test_a_wider_panel_shows_more_of_a_long_sequence(driver):
    learn(driver, "temporal-order", sequence_length=1000)
    panel = driver.controller.panels["task_panel"]
    narrow = len(panel.text)
    panel.expand_requested.emit()
    driver.qtbot.waitUntil(lambda: len(panel.text) > 3 * narrow)


def test_a_task_is_saved_and_comes_back_as_a_task(driver, tmp_path):
    learn(driver, "temporal-order", cell="lstm")
    saved = driver.take_steps()
    path = tmp_path / "order.rnnviz"
    driver.controller.save(path)
    driver.until_message("Saved")
    learn(driver, "tales")
    assert "text_panel" in seen(driver)
    opened = driver.until_new_run(lambda: driver.controller.open_file(path))
    assert (opened.step, opened.configuration) == (1, saved.configuration)
    assert "task_panel" in seen(driver)
    assert "text_panel" not in seen(driver)
    assert "temporal order" in driver.controller.panels["task_panel"].subtitle
    assert np.isfinite(driver.take_steps().loss)


def test_a_text_dropped_on_a_task_is_learned_instead(driver, tmp_path):
    learn(driver, "copying")
    path = tmp_path / "own.txt"
    path.write_text("the owl and the hare " * 50)
    snapshot = driver.until_new_run(lambda: driver.window.files_dropped.emit([str(path)]))
    assert snapshot.configuration.source.kind == "text"
    assert "text_panel" in seen(driver)
    driver.qtbot.waitUntil(lambda: driver.controller.panels["text_panel"].text != "")


def test_reset_and_a_new_seed_stay_with_the_task(driver):
    learn(driver, "temporal-order")
    before = table(driver)
    driver.take_steps()
    driver.until_new_run(lambda: driver.trigger("action_reset"))
    driver.qtbot.waitUntil(lambda: table(driver) == before)
    driver.trigger("action_new_seed")
    snapshot = driver.until_new_run(driver.child(QPushButton, "message_accept").click)
    assert snapshot.configuration.source.kind == "task"
    assert table(driver) != before


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "char-rnn"])
def test_a_preset_leaves_the_task(driver, name):
    learn(driver, "temporal-order")
    action = driver.controller.form._preset_actions[name]
    snapshot = driver.until_new_run(action.trigger)
    assert snapshot.configuration.corpus == "temporal-order"
    assert not PRESETS[name].changes(snapshot.configuration)
    assert np.isfinite(driver.take_steps().loss)


def test_the_best_weights_come_back_with_words_about_the_task(driver):
    learn(driver, "adding", validation_interval=1)
    driver.take_steps()
    driver.until(lambda s: s.best_step is not None)
    driver.trigger("action_use_best")
    assert "squared error on new sequences" in driver.until_message("are back")


def test_a_failed_run_still_shows_its_task(driver):
    learn(driver, "adding", activation="relu", learning_rate=1e4, clip_mode="none", num_layers=3)
    driver.trigger("action_train")
    driver.until_state(RunState.FAILED)
    panel = driver.controller.panels["task_panel"]
    driver.qtbot.waitUntil(lambda: "Right is" in panel.text)
    assert len(table(driver)) == 25


def test_of_a_text_the_panel_says_where_a_task_is_found(driver):
    driver.window.docks["task_panel"].show()
    panel = driver.controller.panels["task_panel"]
    assert "Choose a task" in panel.text
    assert table(driver) == []
    learn(driver, "adding")
    driver.qtbot.waitUntil(lambda: "Right is" in panel.text)
    assert "Choose a task" not in panel.text


def test_every_task_is_chosen_from_the_list_of_corpora(driver):
    box = driver.child(QComboBox, "corpus")
    for task in TASKS.values():
        box.setCurrentIndex(box.findData(task.name))
        snapshot = driver.until_new_run(lambda: box.activated.emit(box.currentIndex()))
        assert snapshot.configuration.source.kind == "task"
        assert snapshot.configuration.source is task
        assert driver.window.windowTitle() == f"{task.title} — rnnviz"


@pytest.mark.parametrize("name", list(TASKS))
@pytest.mark.parametrize("scale", [1.0, 1.1])
def test_the_picture_is_never_wider_than_its_panel(driver, name, scale):
    driver.controller.theme.set_scale(scale)
    driver.window.resize(1152, 600)
    learn(driver, name, sequence_length=50)
    text = driver.child(QTextEdit, "task_picture")
    driver.qtbot.waitUntil(lambda: text.viewport().height() < 150)
    driver.qtbot.wait(100)
    assert text.horizontalScrollBar().maximum() == 0


def test_a_loss_that_falls_far_fills_its_plot_while_it_falls_and_once_the_run_rests(driver):
    changes = {"activation": "relu", "initialization": "identity", "hidden_size": 100}
    rates = {
        "optimizer": "adam",
        "learning_rate": 0.001,
        "clip_mode": "norm",
        "clip_threshold": 1.0,
    }
    learn(driver, "adding", sequence_length=50, batch_size=20, **changes, **rates)
    driver.controller.thread_of_training.post(Train(400))
    rests = driver.until_state(RunState.FINISHED)
    history = rests.get(HISTORY)
    recent = float(history.smoothed_loss[len(history.steps) // 2 :].max())
    assert history.loss.high.max() > 50 * recent, "the loss did not fall far"
    view = driver.controller.panels["loss_panel"].view
    driver.qtbot.waitUntil(lambda: view.mapping.y.high < 3 * recent)
    panel = LossPanel(driver.controller.theme)
    driver.qtbot.addWidget(panel)
    runs = replace(rests, state=RunState.RUNNING)
    recorded = Measurements({HISTORY: beginning(history, 10)})
    panel.show_snapshot(replace(runs, step=10, recorded=recorded))
    assert panel.view.mapping.y.high > 50 * recent
    panel.show_snapshot(runs)
    assert panel.view.mapping.y.high < 3 * recent, "what was learned lies flat on the floor"


@by_name
def test_the_gradient_panel_marks_what_the_answer_depends_on(driver, name):
    panel = driver.controller.panels["gradient_panel"]
    assert panel.view._frame.note("top_right") == ""
    learn(driver, name)
    window = driver.take_steps().window
    marked = [window.tokens[int(place)] for place in panel._matters.x]
    assert marked
    assert marked == [c for c in window.tokens if TASKS[name].matters(c)]
    assert "depends on" in panel.view._frame.note("top_right")
    learn(driver, "tales")
    assert panel._matters.x.size == 0
    assert panel.view._frame.note("top_right") == ""


def test_the_words_below_the_gradient_keep_apart_in_the_narrowest_window(driver):
    driver.window.resize(1152, 720)
    learn(driver, "temporal-order", sequence_length=50, batch_size=512)
    driver.controller.thread_of_training.post(Train(1))
    driver.until_state(RunState.FINISHED)
    frame = driver.controller.panels["gradient_panel"].view._frame
    left, right = (frame._notes[corner][0] for corner in ("bottom_left", "bottom_right"))
    assert left.text == "sequence 1 of 512"
    driver.qtbot.waitUntil(lambda: left.item.x() + left.width <= right.item.x())


def beginning(history: HistoryView, count: int) -> HistoryView:
    """Return the first so many steps of a run's history."""

    def cut(values):
        return values[:count]

    loss = SeriesView(*(cut(getattr(history.loss, field.name)) for field in fields(SeriesView)))
    return replace(
        history, steps=cut(history.steps), loss=loss, smoothed_loss=cut(history.smoothed_loss)
    )
