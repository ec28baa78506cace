"""Every panel's table can be read by a spreadsheet: named columns, none of them twice."""

import csv
import io
from itertools import combinations

import pytest
from PySide6.QtWidgets import QAbstractButton

from rnnviz.training.snapshot import RunState

STEPS = 1100
COUNTED = ("position", "error at position", "credited position", "time step", "unit")
MAY_BE_EQUAL = [("right answer", "network's answer")]


def rows_of(text):
    return list(csv.reader(io.StringIO(text)))


def train_and_show_all(driver):
    """Show every panel that suits the run, drawn from steps enough to be summed up."""
    driver.controller.shown.arrange(list(driver.controller.panels))
    driver.trigger("action_train")
    driver.until(lambda snapshot: snapshot.step > STEPS, timeout=80_000)
    driver.trigger("action_train")
    driver.until_state(RunState.PAUSED)


def flaws(text):
    header, *rows = rows_of(text)
    found = []
    if not all(name.strip() for name in header):
        found.append(f"a column without a name: {header}")
    if len(set(header)) < len(header):
        found.append(f"a name twice: {header}")
    if any(len(row) != len(header) for row in rows):
        found.append("rows of other lengths than the header's")
    columns = list(zip(*rows, strict=False)) if rows else []
    for name, column in zip(header, columns, strict=False):
        if name in COUNTED and min(int(cell) for cell in column if cell.isdigit()) != 1:
            found.append(f"{name!r} is not counted from 1")
    for (a, left), (b, right) in combinations(zip(header, columns, strict=False), 2):
        if left == right and len(set(left)) > 1 and (a, b) not in MAY_BE_EQUAL:
            found.append(f"{a!r} and {b!r} are the same")
    return found


def assert_all_flawless(driver):
    found = {
        name: flaws(panel.csv())
        for name, panel in driver.controller.panels.items()
        if not driver.window.docks[name].isHidden()
    }
    assert len(found) > 10
    assert not {name: wrong for name, wrong in found.items() if wrong}


SMALL = {"hidden_size": 8, "sequence_length": 8, "clip_threshold": 0.5, "validation_interval": 100}
RUNS = {
    "vanilla": {},
    "two layers of gates": {"cell": "lstm", "num_layers": 2, "batch_size": 2},
    "dead units": {"activation": "relu"},
    "task": {"corpus": "copying", "sequence_length": 30},
    "words": {"level": "word"},
}


@pytest.mark.parametrize("changes", RUNS.values(), ids=RUNS)
def test_every_column_has_a_name_of_its_own_and_says_something_of_its_own(driver, changes):
    driver.restart(**(SMALL | changes))
    train_and_show_all(driver)
    assert_all_flawless(driver)
    # And of what the panels show once their switches are on.
    for panel in driver.controller.panels.values():
        for button in panel._header.findChildren(QAbstractButton):
            if button.isCheckable() and not button.isChecked():
                button.click()
    step = driver.controller.snapshot.step
    driver.trigger("action_step")
    driver.until(lambda snapshot: snapshot.step > step)
    assert_all_flawless(driver)
