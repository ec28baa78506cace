"""The house stays in order: rooms are rooms, no imports go in a circle, and files stay small."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1] / "rnnviz"
TESTS = Path(__file__).parent
FILES = sorted(HOUSE.rglob("*.py"))
MODULES = {
    ".".join(("rnnviz", *path.relative_to(HOUSE).with_suffix("").parts)).removesuffix(
        ".__init__"
    ): path
    for path in FILES
}

# Where there are rooms, what may stand outside them: what joins them, or is needed in all of them.
OUTSIDE = {
    "": "__main__ resources wording",
    "core": "activations architecture clipping errors gradient_check initialization loss "
    "network parameters recurrent_matmul sampling schedules sparse_rows "
    "step_by_step tape",
    "data": "dataset errors files progress source sources token_vocabulary windows wording",
    "diagnostics": "gradient_report read_only spectral_norm wall",
    "gui": "application controller",
    "gui/inside": "cursor header inside recorder shown story take_along typesetting view",
    "gui/panels": "registry",
    "gui/plotting": "",
    "gui/wording": "bounds claims inside numbers parameters race recovery remarks runs settings "
    "slips timeline tokens undo windows",
    "storage": "atomic container description errors fault_reports folder journal model_file naming "
    "text_memory",
    "training": "commands live_run loading memory_estimate non_finite onlooker score session "
    "snapshot speed_limit subjects text_generator trainer truncated_bptt",
    "training/observation": "registry runner throttle",
    "training/configuration": "advice configuration line presets setting settings",
}
LARGEST = 430
DECLARED = HOUSE / "training" / "observation" / "diagnostics"


def rooms_within(folder: Path) -> list[Path]:
    return [path.parent for path in folder.glob("*/__init__.py")]


def imported_by(path: Path) -> set[str]:
    """Return the modules that a file imports, anywhere in it, for types or not."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else node.module for name in names}
    return found & MODULES.keys()


def test_where_there_are_rooms_only_what_joins_them_stands_outside() -> None:
    with_rooms = [path.parent for path in FILES if path.name == "__init__.py"]
    loose = {}
    for folder in with_rooms:
        if rooms_within(folder):
            names = {path.stem for path in folder.glob("*.py")} - {"__init__"}
            if folder == HOUSE / "gui" / "panels":
                names = {name for name in names if not name.endswith("_panel")}
            if folder == HOUSE / "diagnostics":
                # The mathematics of a diagnostic, called as its declaration is.
                names -= {path.stem for path in DECLARED.glob("*.py")}
            loose["" if folder == HOUSE else folder.relative_to(HOUSE).as_posix()] = names
    assert loose == {folder: set(names.split()) for folder, names in OUTSIDE.items()}


def test_no_module_reaches_itself_by_its_imports_not_even_for_types() -> None:
    imports = {name: imported_by(path) for name, path in MODULES.items()}
    TopologicalSorter(imports).prepare()  # raises an error that names the circle


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_no_file_is_too_long_to_be_read_at_once(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LARGEST


def test_one_place_destroys_what_qt_has_to_destroy() -> None:
    calls = [path for path in FILES if ".deleteLater()" in path.read_text(encoding="utf-8")]
    assert calls == [HOUSE / "gui" / "widgets" / "destroying.py"], "use destroy_later"


def test_tests_stand_in_the_rooms_of_what_they_test() -> None:
    apart = {"benchmarks", "comparisons", "packaging", "stage"}
    for folder in {path.parent for path in TESTS.rglob("test_*.py")}:
        room = folder.relative_to(TESTS)
        assert (room.parts and room.parts[0] in apart) or (HOUSE / room).is_dir(), room
