"""The file menu's list of the files opened or saved last."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QMenu


def listed(driver, *files: Path) -> QMenu:
    """Remember these files, open the menu, and return its one list of them."""
    menu = driver.window.toolbar.file_menu
    for path in files:
        path.parent.mkdir(exist_ok=True)
        path.touch()
        driver.controller.settings.remember_file(path)
    menu.aboutToShow.emit()
    (recent,) = menu.findChildren(QMenu, "recent_files")
    return recent


def test_opening_the_menu_again_lists_the_files_of_now_in_the_same_place(driver, tmp_path):
    assert not listed(driver).isEnabled()
    before = [action.text() for action in driver.window.toolbar.file_menu.actions()]
    for name in ("one.rnnviz", "two.rnnviz"):
        recent = listed(driver, tmp_path / name)
        assert recent.isEnabled()
    assert [action.text() for action in recent.actions()] == ["two.rnnviz", "one.rnnviz"]
    assert [action.text() for action in driver.window.toolbar.file_menu.actions()] == before


def test_files_of_the_same_name_are_told_apart_by_their_folders(driver, tmp_path):
    files = [(tmp_path / folder / "model.rnnviz").resolve() for folder in ("a", "b")]
    recent = listed(driver, *files)
    assert [action.toolTip() for action in recent.actions()] == [str(p) for p in files[::-1]]
    assert recent.toolTipsVisible()


def test_a_name_is_shown_as_it_can_be_read(driver, tmp_path):
    recent = listed(driver, tmp_path / "this & that[*]\N{RIGHT-TO-LEFT OVERRIDE}.rnnviz")
    assert [action.text() for action in recent.actions()] == ["this && that[*]?.rnnviz"]
    driver.controller.view.take_name("this[*]")
    assert driver.window.windowTitle() == "this[*][*] — rnnviz", "Qt shows one of two"
