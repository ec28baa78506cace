import json
import os
import sys
from pathlib import Path

import pytest

import virtual_environment
from setup_error import SetupError
from virtual_environment import Record, Work, read_record, wanted, work_to_do


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout whose path needs quoting, with an environment that has a Python."""
    folder = tmp_path / "my own checkout"
    python = virtual_environment.python_of(folder)
    python.parent.mkdir(parents=True)
    python.touch()
    (folder / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    return folder


def test_no_environment_is_made() -> None:
    asked = wanted(Path(__file__).parents[2], tests=False)
    assert work_to_do(None, asked) is Work.MAKE


@pytest.mark.parametrize("tests", [False, True])
def test_a_second_start_has_nothing_to_do(checkout: Path, tests: bool) -> None:
    virtual_environment.write_record(checkout, wanted(checkout, tests=tests))
    assert work_to_do(read_record(checkout), wanted(checkout, tests=tests)) is Work.NOTHING


def test_an_environment_for_the_tests_serves_the_program_too(checkout: Path) -> None:
    found, asked = wanted(checkout, tests=True), wanted(checkout, tests=False)
    assert work_to_do(found, asked) is Work.NOTHING
    assert work_to_do(asked, found) is Work.INSTALL


def test_a_changed_pyproject_is_installed_anew(checkout: Path) -> None:
    found = wanted(checkout, tests=False)
    with (checkout / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('dependencies = ["numpy>=3"]\n')
    assert work_to_do(found, wanted(checkout, tests=False)) is Work.INSTALL


@pytest.mark.parametrize(
    "changed", [{"python": "3.99.0"}, {"checkout": "/elsewhere"}, {"complete": False}]
)
def test_an_environment_of_another_python_or_place_or_half_made_is_made_anew(
    checkout: Path, changed: dict[str, object]
) -> None:
    asked = wanted(checkout, tests=False)
    found: Record = asked | changed  # type: ignore[assignment]
    assert work_to_do(found, asked) is Work.MAKE


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Path) -> None:
    asked = wanted(checkout, tests=False)
    virtual_environment.write_record(checkout, asked)
    virtual_environment.python_of(checkout).unlink()
    assert work_to_do(read_record(checkout), asked) is Work.MAKE


@pytest.mark.parametrize("content", ["", "{", "[]", '{"complete": true}'])
def test_a_record_that_cannot_be_read_is_not_believed(checkout: Path, content: str) -> None:
    (checkout / ".venv" / "rnnviz-bootstrap.json").write_text(content, encoding="utf-8")
    found = read_record(checkout)
    assert work_to_do(found, wanted(checkout, tests=False)) is Work.MAKE
    assert found is None or not found["ours"]


def test_a_record_of_another_version_still_says_whose_environment_it_is(checkout: Path) -> None:
    older = {"ours": True, "something": "else"}
    (checkout / ".venv" / "rnnviz-bootstrap.json").write_text(json.dumps(older), encoding="utf-8")
    found = read_record(checkout)
    assert found is not None
    assert found["ours"]
    assert not found["complete"]


def test_python_is_where_each_system_keeps_it() -> None:
    checkout = Path("checkout")
    assert virtual_environment.python_of(checkout, "linux").parts[-2:] == ("bin", "python")
    assert virtual_environment.python_of(checkout, "win32").parts[-2:] == ("Scripts", "python.exe")


def test_what_an_interrupted_start_left_is_cleared_away(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(
        virtual_environment, "_run_quietly", lambda command, _: commands.append(command)
    )
    half_made = wanted(checkout, tests=False) | {"complete": False}
    virtual_environment.write_record(checkout, half_made)  # type: ignore[arg-type]
    (checkout / ".venv" / "left-over").touch()

    assert virtual_environment.make(checkout, read_record(checkout))

    assert commands[0][1:] == ["-m", "venv", str(checkout / ".venv")]
    assert not (checkout / ".venv" / "left-over").exists()
    again = read_record(checkout)  # and being interrupted once more is known as that
    assert again is not None
    assert again["ours"]
    assert not again["complete"]


def test_an_environment_that_someone_else_made_is_used_and_kept(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(
        virtual_environment, "_run_quietly", lambda command, _: commands.append(command)
    )
    (checkout / ".venv" / "their-own").touch()

    assert not virtual_environment.make(checkout, read_record(checkout))

    assert commands == [[str(virtual_environment.python_of(checkout)), "-m", "ensurepip"]]
    assert (checkout / ".venv" / "their-own").exists()
    assert read_record(checkout) is None


def test_a_failed_command_is_told_by_its_last_line() -> None:
    script = "print('first'); print('the disk is full'); raise SystemExit(3)"
    with pytest.raises(SetupError, match=r"cannot be made: the disk is full$"):
        virtual_environment._run_quietly([sys.executable, "-c", script], "x cannot be made")


def test_a_failed_pip_ends_in_a_sentence(checkout: Path) -> None:
    # An environment without pip fails as one without a network does: with a non-zero status.
    python = virtual_environment.python_of(checkout)
    python.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    python.chmod(0o755)
    with pytest.raises(SetupError, match="pip could not install"):
        virtual_environment.install(checkout, tests=True)


def test_debian_without_ensurepip_is_told_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name[0] == "e" else 1)
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    assert virtual_environment.missing_for_making() == {"Python's module ensurepip": package}


@pytest.mark.skipif(os.name != "posix", reason="only there can a process become another")
def test_the_program_takes_the_place_of_the_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def become(path: str, command: list[str]) -> None:
        raise SystemExit(f"now {path}: {command}")  # execv does not return either

    monkeypatch.setattr(os, "execv", become)
    with pytest.raises(SystemExit, match=r"now /bin/python: \['/bin/python', '-m', 'rnnviz'\]"):
        virtual_environment.replace_process(["/bin/python", "-m", "rnnviz"])
