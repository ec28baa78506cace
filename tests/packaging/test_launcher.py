import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import launcher
import qt_requirements
import system_packages
import virtual_environment
from setup_error import SetupError

PROGRAM = "packaging/bootstrap.py"


class Machine:
    """A machine on which set-up work is noted down instead of done."""

    def __init__(self, checkout: Path) -> None:
        self.checkout = checkout
        self.work: list[str] = []
        self.started: list[str] = []
        self.lacks: set[str] = set()  # of what Qt needs
        self.pip_fails = False

    def is_present(self, requirement: str) -> bool:
        self.work.append("look for system libraries")
        return requirement not in self.lacks

    def provide(self, missing: dict[str, str]) -> None:
        if missing:
            self.work.append("install " + " ".join(sorted(missing.values())))
            self.lacks -= missing.keys()

    def run_quietly(self, command: list[str], _complaint: str) -> None:
        self.work.append("make the environment")
        python = virtual_environment.python_of(self.checkout)
        python.parent.mkdir(parents=True)
        python.touch()

    def install(self, _checkout: Path, *, tests: bool) -> None:
        self.work.append("install for tests" if tests else "install")
        if self.pip_fails:
            raise SetupError("pip could not install")

    def start(self, command: list[str]) -> int:
        self.started = command
        return 0

    def bootstrap(self, *words: str) -> int:
        """Start anew, and note down only what this start does."""
        self.work.clear()
        self.started = []
        return launcher.main([PROGRAM, *words])


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    machine = Machine(tmp_path)
    monkeypatch.setattr(launcher, "CHECKOUT", tmp_path)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(qt_requirements, "is_present", machine.is_present)
    monkeypatch.setattr(qt_requirements, "x11_server_answers", lambda _display: True)
    monkeypatch.setattr(system_packages, "provide", machine.provide)
    monkeypatch.setattr(virtual_environment, "_run_quietly", machine.run_quietly)
    monkeypatch.setattr(virtual_environment, "install", machine.install)
    monkeypatch.setattr(virtual_environment, "replace_process", machine.start)
    monkeypatch.setattr(virtual_environment, "missing_for_making", dict)
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    here = Path.cwd()
    yield machine
    os.chdir(here)


@pytest.mark.parametrize(
    ("arguments", "window"),
    [
        ([], True),
        (["model.rnnviz"], True),
        (["--theme", "dark"], True),
        (["train", "--corpus", "tales"], False),
        (["generate", "m.rnnviz"], False),
        (["info", "m.rnnviz"], False),
        (["--help"], False),
        (["-h"], False),
        (["--version"], False),
        (["train.txt"], True),
    ],
)
def test_only_the_window_counts_as_a_window(arguments: list[str], window: bool) -> None:
    assert launcher.opens_window(arguments) is window


def test_arguments_are_passed_on_unchanged(machine: Machine) -> None:
    python = str(virtual_environment.python_of(machine.checkout))
    arguments = ["train", "--text", "a file.txt", "--out=ü", "--", "-x"]
    assert machine.bootstrap("run", *arguments) == 0
    assert machine.started == [python, "-P", "-m", "rnnviz", *arguments]
    assert machine.bootstrap("test", "-k", "a and b") == 0
    assert machine.started == [python, "-m", "pytest", "-k", "a and b"]


def test_the_whole_suite_goes_over_the_processors(machine: Machine) -> None:
    assert machine.bootstrap("test") == 0
    assert machine.started[1:4] == ["-m", "pytest", "--numprocesses=auto"]


def test_tests_start_in_the_checkout(machine: Machine) -> None:
    machine.bootstrap("test")
    assert Path.cwd() == machine.checkout.resolve()


@pytest.mark.parametrize("words", [["test"], ["run", "train"], ["run"]])
def test_a_second_start_does_no_set_up_work(
    machine: Machine, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    assert machine.bootstrap(*words) == 0
    assert "make the environment" in machine.work
    assert machine.bootstrap(*words) == 0
    assert machine.work == []
    assert machine.started


def test_tests_after_a_run_add_their_packages_and_a_run_after_them_adds_none(
    machine: Machine,
) -> None:
    machine.bootstrap("run", "info", "x")
    assert machine.work == ["make the environment", "install"]
    machine.bootstrap("test")
    assert "install for tests" in machine.work
    assert "make the environment" not in machine.work
    machine.bootstrap("run", "info", "x")
    assert machine.work == []


def test_a_changed_pyproject_keeps_the_packages_of_the_tests(machine: Machine) -> None:
    machine.bootstrap("test")
    (machine.checkout / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    machine.bootstrap("run", "info", "x")
    assert machine.work == ["install for tests"]


def test_a_command_without_a_window_needs_no_display_and_no_library(machine: Machine) -> None:
    machine.lacks = {"libGL.so.1", "libxcb-cursor.so.0"}
    assert machine.bootstrap("run", "train", "--corpus", "tales") == 0
    assert "look for system libraries" not in machine.work


def test_a_window_without_a_display_is_refused_before_any_work(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert machine.bootstrap("run", "model.rnnviz") != 0
    assert machine.work == []
    assert not machine.started
    message = capsys.readouterr().err
    assert "no display" in message
    assert f"python3 {PROGRAM} run train --help" in message
    assert message.count("\n") == 1


def test_missing_system_packages_come_first_and_all_at_once(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = {"Python's module ensurepip": "python3.11-venv"}
    monkeypatch.setattr(virtual_environment, "missing_for_making", lambda: lacking)
    monkeypatch.setenv("DISPLAY", ":0")
    machine.lacks = {"libGL.so.1", "libxcb-cursor.so.0"}
    assert machine.bootstrap("run") == 0
    done = [work for work in machine.work if work != "look for system libraries"]
    packages = "install libgl1 libxcb-cursor0 python3.11-venv"
    assert done == [packages, "make the environment", "install"]


def test_a_library_that_is_still_missing_after_its_package_came_is_named(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.lacks = {"libEGL.so.1"}
    monkeypatch.setattr(system_packages, "provide", lambda _missing: None)
    assert machine.bootstrap("test") != 0
    assert "libEGL.so.1" in capsys.readouterr().err
    assert not machine.started


def test_libraries_are_looked_for_again_after_they_were_missing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.lacks = {"libEGL.so.1"}

    def refuse(missing: dict[str, str]) -> None:
        if missing:
            raise SetupError("please install " + " ".join(missing))

    monkeypatch.setattr(system_packages, "provide", refuse)
    assert machine.bootstrap("test") != 0
    assert machine.bootstrap("test") != 0
    machine.lacks = set()
    assert machine.bootstrap("test") == 0


def test_a_failed_installation_is_made_up_for_by_the_next_start(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.pip_fails = True
    assert machine.bootstrap("test") != 0
    assert capsys.readouterr().err == "pip could not install\n"
    assert not machine.started
    machine.pip_fails = False
    assert machine.bootstrap("test") == 0
    assert machine.work == ["make the environment", "install for tests"]


def test_an_interruption_ends_in_a_sentence_and_the_next_start_makes_up_for_it(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_checkout: Path, *, tests: bool) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as interrupted:
        interrupted.setattr(virtual_environment, "install", interrupt)
        assert machine.bootstrap("test") == 130
    assert "Interrupted" in capsys.readouterr().err
    assert machine.bootstrap("test") == 0
    assert machine.started


def test_a_folder_that_cannot_be_written_ends_in_a_sentence(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_checkout: Path, _found: object) -> bool:
        raise PermissionError(13, "Permission denied", "/srv/rnnviz/.venv")

    monkeypatch.setattr(virtual_environment, "make", refuse)
    assert machine.bootstrap("test") == 1
    message = capsys.readouterr().err
    assert message == "The set-up cannot go on: Permission denied (/srv/rnnviz/.venv).\n"


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_other_systems_are_asked_neither_for_libraries_nor_for_a_display(
    machine: Machine, platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    machine.lacks = {"libGL.so.1"}
    assert machine.bootstrap("run") == 0
    assert "look for system libraries" not in machine.work
