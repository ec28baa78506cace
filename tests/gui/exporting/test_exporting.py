"""Everything that is seen, exported from the real window and read back."""

import csv
import errno
import io
import os
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QThread
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton

from rnnviz.gui.exporting.settings_file import ExportedRun, settings_text
from rnnviz.storage import StorageError, load_model
from rnnviz.training.configuration import Configuration
from rnnviz.training.experiments import read_experiment
from rnnviz.training.snapshot import RunState

STEMS = ["loss", "hidden", "text", "gradient"]


def exporting_of(driver):
    return driver.controller.exporter.job


def export(driver, parent: Path, kind: str = "png") -> Path:
    """Open the dialog, export, and return the folder that there is then."""
    exporting = exporting_of(driver)
    exporting.open()
    before = set(parent.iterdir())
    exporting.export(parent, kind)
    driver.qtbot.waitUntil(lambda: not exporting.is_under_way)
    (folder,) = set(parent.iterdir()) - before
    return folder


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_what_is_seen_the_settings_and_the_model_are_in_one_folder(trained, tmp_path, kind):
    folder = export(trained, tmp_path, kind)
    files = {f"{stem}.{ending}" for stem in STEMS for ending in (kind, "csv")}
    assert names_in(folder) == files | {"settings.toml", "model.rnnviz", "contents.txt"}
    for stem in STEMS:
        panel = trained.controller.panels[f"{stem}_panel"]
        assert (folder / f"{stem}.csv").read_text(encoding="utf-8") == panel.export_csv()
        if kind == "png":
            image = QImage(str(folder / f"{stem}.png"))
            assert image.size() == panel.export_size * 2
        else:
            root = ElementTree.parse(folder / f"{stem}.svg").getroot()
            assert panel.title in [path.get("aria-label") for path in root]
    model = load_model(folder / "model.rnnviz")
    assert (model.step, model.configuration) == (60, trained.controller.snapshot.configuration)
    experiment = read_experiment(folder / "settings.toml", STEMS)
    assert experiment.panels == tuple(STEMS)
    assert [v.configuration() for v in experiment.variants] == [model.configuration]
    contents = (folder / "contents.txt").read_text(encoding="utf-8")
    assert "at step 60." in contents
    assert all(name in contents for name in names_in(folder) - {"contents.txt"})
    said = exporting_of(trained).dialog.said
    assert said == f"Wrote 11 files into the folder {folder.name} in {tmp_path}."


def test_an_export_makes_no_file_the_runs_own(trained, tmp_path):
    file = trained.controller.run_file
    export(trained, tmp_path)
    assert (file.path, file.is_behind) == (None, True)


def test_a_second_export_leaves_the_first_as_it_is(trained, tmp_path):
    first = export(trained, tmp_path)
    before = {path.name: path.read_bytes() for path in first.iterdir()}
    second = export(trained, tmp_path)
    assert second != first
    assert {path.name: path.read_bytes() for path in first.iterdir()} == before


def test_of_a_plot_that_was_zoomed_the_export_has_what_is_in_view(trained, tmp_path):
    trained.controller.panels["loss_panel"].view.hold_x(10, 20)
    folder = export(trained, tmp_path)
    rows = list(csv.DictReader(io.StringIO((folder / "loss.csv").read_text())))
    assert [int(row["training step"]) for row in rows] == list(range(10, 21))
    contents = (folder / "contents.txt").read_text()
    assert "Loss, with what is in view: training step 10 to 20\n" in contents


def test_in_the_past_panels_model_and_settings_are_of_the_step_that_is_seen(trained, tmp_path):
    trained.window.timeline.asked.emit(20, True)
    trained.until_seen(20)
    exporting = exporting_of(trained)
    words = exporting.open().findChild(QLabel, "export_words")
    assert "You are at step 20 of the past" in words.text()
    folder = export(trained, tmp_path)
    assert folder.name.endswith("-step-20")
    assert load_model(folder / "model.rnnviz").step == 20
    contents = (folder / "contents.txt").read_text()
    assert "at step 20 of its past, from step 60." in contents
    assert "Hidden state, of step 20\n" in contents
    trained.window.timeline.now_asked.emit()
    trained.until_seen(None)
    assert "past" not in words.text()


def test_it_goes_on_while_training_does_and_all_panels_are_of_one_moment(trained, tmp_path):
    trained.trigger("action_train")
    trained.until(lambda snapshot: snapshot.state is RunState.RUNNING and snapshot.step > 80)
    folder = export(trained, tmp_path)
    shown = (folder / "contents.txt").read_text().splitlines()[1]
    step = int(shown.rpartition(" ")[2].rstrip(".").replace(",", ""))
    rows = list(csv.DictReader(io.StringIO((folder / "loss.csv").read_text())))
    assert max(int(row["training step"]) for row in rows) == step
    assert load_model(folder / "model.rnnviz").step >= step
    at = trained.controller.snapshot.step
    trained.until(lambda snapshot: snapshot.step > at)


def test_every_run_that_is_compared_has_its_model_and_its_settings(trained, tmp_path):
    controller = trained.controller
    for _ in range(2):
        trained.trigger("action_add_rival")
        trained.qtbot.waitUntil(lambda: controller.runs.front.snapshot is not None)
    third = controller.runs.numbered(3)
    third.is_compared = False
    controller.rivals.put_in_front(controller.runs.numbered(1))
    trained.qtbot.waitUntil(lambda: all(run.snapshot is not None for run in controller.runs))
    trained.until(lambda snapshot: True)
    folder = export(trained, tmp_path)
    models = {name for name in names_in(folder) if name.endswith(".rnnviz")}
    assert models == {"model-1.rnnviz", "model-2.rnnviz"}
    assert [load_model(folder / name).step for name in sorted(models)] == [60, 0]
    experiment = read_experiment(folder / "settings.toml", STEMS)
    assert [variant.name[:2] for variant in experiment.variants] == ["1:", "2:"]
    rows = csv.DictReader(io.StringIO((folder / "hidden.csv").read_text()))
    assert len({row["run"] for row in rows}) == 2


def test_a_panel_that_shows_nothing_is_left_out_and_named(trained, tmp_path):
    trained.window.arrange(["loss_panel", "task_panel"])
    # It suits a task alone, and this run learns a text.
    trained.window.docks["task_panel"].show()
    trained.settle()
    assert "task_panel" in trained.controller.shown.seen
    folder = export(trained, tmp_path)
    assert not any(name.startswith("task") for name in names_in(folder))
    title = trained.controller.panels["task_panel"].title
    left_out = f"left out, as there was nothing of it: {title}."
    assert exporting_of(trained).dialog.said.endswith(left_out)
    contents = (folder / "contents.txt").read_text().splitlines()
    assert contents[-1] == f"L{left_out[1:]}"


def test_the_folder_is_opened_on_demand(trained, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url) or True)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    trained.trigger("action_export_all")
    dialog = exporting_of(trained).dialog
    button = dialog.findChild(QPushButton, "export_open_folder")
    assert not button.isVisible()
    dialog.findChild(QPushButton, "export_start").click()
    trained.qtbot.waitUntil(button.isVisible)
    button.click()
    (folder,) = tmp_path.iterdir()
    assert [Path(url.toLocalFile()) for url in opened] == [folder]
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: False)
    button.click()
    assert str(folder) in dialog.said


# -- what goes wrong ------------------------------------------------------------------------------


def refused(driver, parent: Path) -> str:
    """Export, and return what was said; nothing is left of it."""
    exporting = exporting_of(driver)
    exporting.open()
    exporting.export(parent, "png")
    driver.qtbot.waitUntil(lambda: not exporting.is_under_way)
    driver.until_no_thread("export_thread")
    assert not parent.exists() or not list(parent.iterdir())
    return exporting.dialog.said


def test_a_folder_that_is_not_there_is_told(trained, tmp_path):
    said = refused(trained, tmp_path / "gone")
    assert said == f"Nothing was exported: there is no folder {tmp_path / 'gone'}."


def test_a_full_disk_is_told_and_nothing_is_left(trained, tmp_path, monkeypatch):
    from rnnviz.gui.exporting import folder_thread

    written = []

    def fill_up(path, content):
        written.append(path)
        if len(written) == 3:
            raise StorageError(f"{path.name} cannot be saved: {os.strerror(errno.ENOSPC)}.")
        path.write_bytes(content)

    monkeypatch.setattr(folder_thread, "write_atomically", fill_up)
    assert refused(trained, tmp_path).startswith("Nothing was exported: ")
    assert len(written) == 3


def test_a_model_that_cannot_be_written_is_told(trained, tmp_path, monkeypatch):
    from rnnviz.runs import loop

    def refuse(path, _checkpoint):
        raise StorageError(f"{path.name} cannot be saved: the disk is full.")

    _ = trained.session
    monkeypatch.setattr(loop, "save_model", refuse)
    said = refused(trained, tmp_path)
    assert said == "Nothing was exported: model.rnnviz cannot be saved: the disk is full."


def test_of_what_is_cancelled_nothing_is_left(trained, tmp_path):
    exporting = exporting_of(trained)
    dialog = exporting.open()
    exporting.export(tmp_path, "png")
    dialog.findChild(QPushButton, "export_cancel").click()
    assert not exporting.is_under_way
    trained.until_no_thread("export_thread")
    trained.qtbot.waitUntil(lambda: list(tmp_path.iterdir()) == [])
    assert dialog.said == "The export was cancelled; nothing was written."
    assert names_in(export(trained, tmp_path))


def test_the_model_of_a_run_that_is_removed_meanwhile_is_left_out(trained, tmp_path, monkeypatch):
    controller = trained.controller
    trained.trigger("action_add_rival")
    trained.qtbot.waitUntil(lambda: controller.runs.front.snapshot is not None)
    rival = controller.runs.front
    monkeypatch.setattr(rival, "post", lambda request: None)
    exporting = exporting_of(trained)
    exporting.open()
    exporting.export(tmp_path, "png")
    name = controller.runs.names[rival]
    controller.rivals.ask_to_remove(rival)
    trained.qtbot.waitUntil(lambda: not exporting.is_under_way)
    assert f"the model of {name}" in exporting.dialog.said


def test_a_window_that_closes_gives_it_up(trained, tmp_path):
    exporting = exporting_of(trained)
    exporting.open()
    exporting.export(tmp_path, "svg")
    trained.controller.close_now()
    assert all(thread.isFinished() for thread in exporting.findChildren(QThread, "export_thread"))
    assert not any(path.name.startswith("rnnviz") for path in tmp_path.iterdir())


# -- the settings' file ---------------------------------------------------------------------------


def test_runs_of_long_names_are_told_apart_in_the_file_of_settings(tmp_path):
    runs = [ExportedRun(n, "an LSTM of two layers " * 3, Configuration(seed=n)) for n in (1, 2)]
    (tmp_path / "settings.toml").write_text(settings_text(runs, STEMS), encoding="utf-8")
    experiment = read_experiment(tmp_path / "settings.toml", STEMS)
    assert [variant.configuration().seed for variant in experiment.variants] == [1, 2]
