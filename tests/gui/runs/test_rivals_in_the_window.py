"""Several runs in a real window."""

from PySide6.QtWidgets import QCheckBox, QLabel, QMessageBox, QPushButton, QToolButton

from rnnviz.gui.controls.segment_editor import SegmentEditor
from rnnviz.training.snapshot import RunState


def add_cells(driver):
    """Have the other cells race, small ones; return the runs."""
    driver.until_new_run(lambda: driver.controller.run_control.restart(hidden_size=8))
    driver.trigger("action_add_cells")
    runs = list(driver.controller.runs)
    driver.qtbot.waitUntil(lambda: all(run.snapshot is not None for run in runs))
    assert [run.snapshot.configuration.cell for run in runs] == ["vanilla", "lstm", "gru"]
    return runs


def test_one_run_has_no_strip(driver):
    assert driver.controller.rivals_view.strip.isHidden()


def test_three_networks_learn_side_by_side(driver):
    runs = add_cells(driver)
    driver.trigger("action_train")
    driver.qtbot.waitUntil(lambda: all(run.snapshot.step > 3 for run in runs))
    driver.trigger("action_train")
    driver.qtbot.waitUntil(lambda: all(run.snapshot.state is RunState.PAUSED for run in runs))
    for run, name in zip(runs, ("vanilla RNN", "LSTM", "GRU"), strict=True):
        line = driver.child(QPushButton, f"run_front_{run.number}")
        driver.qtbot.waitUntil(lambda line=line, name=name: line.words == name)
        steps = driver.child(QLabel, f"run_step_{run.number}")
        expected = f"{run.snapshot.step:,}"
        driver.qtbot.waitUntil(lambda steps=steps, expected=expected: steps.text() == expected)
    assert not driver.controller.rivals_view.strip.isHidden()


def test_the_strip_goes_with_the_pictures_of_the_run_in_front(driver, monkeypatch):
    runs, view = add_cells(driver), driver.controller.rivals_view
    driver.trigger("action_train")
    driver.qtbot.waitUntil(lambda: all(run.trains for run in runs))
    drawn, shown, show = [], [], view.show
    monkeypatch.setattr(view, "show", lambda: (shown.append(runs[0].snapshot), show()))
    monkeypatch.setattr(driver.controller, "_show_numbers", drawn.append)
    driver.qtbot.waitUntil(lambda: len(drawn) > 8)
    assert shown == drawn, "what a rival sends besides is shown with the next of them"


def test_the_run_in_front_is_what_form_and_numbers_are_about(driver):
    runs = add_cells(driver)
    driver.child(QPushButton, "run_front_3").click()
    assert driver.controller.runs.front is runs[2]
    cell = driver.controller.form.findChild(SegmentEditor, "cell")
    driver.qtbot.waitUntil(lambda: cell.value() == "gru")
    driver.until(lambda snapshot: snapshot.configuration.cell == "gru")
    driver.trigger("action_step")
    driver.qtbot.waitUntil(lambda: all(run.snapshot.step == 1 for run in runs))
    driver.child(QToolButton, "run_train_2").click()
    driver.qtbot.waitUntil(lambda: runs[1].snapshot.step > 3)
    assert [runs[0].snapshot.step, runs[2].snapshot.step] == [1, 1]


def test_a_tick_says_who_is_compared(driver):
    runs = add_cells(driver)
    driver.child(QCheckBox, "run_compare_2").click()
    assert driver.controller.runs.compared == [runs[0], runs[2]]
    _, compared = driver.controller.rivals_view.shown_runs()
    assert [one.name for one in compared] == ["vanilla RNN", "GRU"]


def test_a_removed_run_takes_its_line_along_and_the_last_one_has_none(driver):
    runs = add_cells(driver)
    driver.child(QToolButton, "run_remove_2").click()
    driver.child(QToolButton, "run_remove_1").click()
    assert list(driver.controller.runs) == [runs[2]]
    driver.until(lambda snapshot: snapshot.configuration.cell == "gru")
    assert driver.controller.rivals_view.strip.isHidden()


def test_all_that_is_not_saved_is_asked_about_once(driver, monkeypatch):
    runs = add_cells(driver)
    driver.trigger("action_step")
    driver.qtbot.waitUntil(lambda: all(run.file.is_behind for run in runs))
    asked = []

    def answer(box):
        asked.append((box.text(), box.informativeText()))
        return int(QMessageBox.StandardButton.Cancel.value)

    monkeypatch.setattr(QMessageBox, "exec", answer)
    driver.window.close()
    assert asked == [("Save the models before closing?", "The training of 3 runs is not saved.")]
    assert driver.window.isVisible()


def test_a_model_that_cannot_be_used_leaves_no_empty_place(driver, tmp_path):
    good, bad = tmp_path / "good.rnnviz", tmp_path / "zbad.rnnviz"
    driver.controller.save(good)
    driver.until_message("Saved good.rnnviz.")
    bad.write_bytes(b"no model")
    driver.controller.open_files([good, bad])
    driver.until_message("zbad.rnnviz")
    driver.qtbot.waitUntil(lambda: len(driver.controller.runs) == 1)
    driver.until(lambda snapshot: True)


def test_all_that_write_beside_each_other_write_alike(driver):
    runs = add_cells(driver)
    panel = driver.controller.panels["text_panel"]
    panel.setting_edited.emit("temperature", 0.25)
    panel.setting_edited.emit("prompt", "the ")
    driver.qtbot.waitUntil(
        lambda: (
            {(one.temperature, one.prompt) for one in (r.snapshot.configuration for r in runs)}
            == {(0.25, "the ")}
        )
    )
