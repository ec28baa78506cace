"""What every command has in common: the words it takes, and how it complains."""

from __future__ import annotations

import errno
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from rnnviz import __version__
from rnnviz.cli import main
from rnnviz.runs import process

from .running import RNNVIZ, run_rnnviz


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path | str | None]]:
    """Take the place of the window, and note what it is asked to open."""
    opened: list[Path | str | None] = []
    module = ModuleType("rnnviz.gui.application")

    def run_window(
        file: Path | None,
        experiment: str | None,
        worker: Worker | None,
        lesson: str | None,
        autosave_seconds: float | None,
        reset_settings: bool,
    ) -> int:
        assert autosave_seconds == 30.0
        opened.append(file or experiment or lesson)
        if reset_settings:
            opened.append("reset")
        workers.append(worker)
        return 0

    class Worker:
        def kill(self) -> None:
            workers.append(None)

    workers: list[Worker | None] = []
    monkeypatch.setattr(process, "WorkerProcess", Worker)
    module.run_window = run_window  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "rnnviz.gui.application", module)
    yield opened
    assert workers.count(None) >= len(opened) - opened.count("reset"), (
        "a process outlives the window that it trains for"
    )


def test_no_word_opens_the_window(window: list[Path | str | None]) -> None:
    assert main([]) == 0
    assert window == [None]


def test_in_process_no_other_process_is_started(
    window: list[Path | str | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "WorkerProcess", None)
    assert main(["--in-process"]) == 0
    assert window == [None]


def test_a_reset_of_the_settings_begins_with_whatever_else_is_asked_for(
    window: list[Path | str | None],
) -> None:
    assert main(["--reset-settings"]) == 0
    assert main(["--experiment", "vanishes", "--reset-settings"]) == 0
    assert window == [None, "reset", "vanishes", "reset"]


def test_an_experiment_is_opened_in_the_window_by_name_or_by_file(
    window: list[Path | str | None], tmp_path: Path
) -> None:
    assert main(["--experiment", "vanishes"]) == 0
    path = tmp_path / "mine.toml"
    path.write_text('title = "t"\norder = 1\ndo = "d"\nsee = "s"\nwhy = "w"\npanels = ["loss"]\n')
    assert main(["--experiment", str(path)]) == 0
    assert window == ["vanishes", str(path)]


def test_what_is_no_experiment_opens_no_window(
    window: list[Path | str | None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--experiment", "nothing"]) == 2
    assert 'There is no experiment "nothing"; there are writes, vanishes' in capsys.readouterr().err
    path = tmp_path / "mine.toml"
    path.write_text("title = 3\n")
    assert main(["--experiment", str(path)]) == 1
    assert "mine.toml: " in capsys.readouterr().err
    assert main(["--experiment", "vanishes", str(path)]) == 2
    assert "only one" in capsys.readouterr().err
    assert window == []


LESSON = """title = "t"
about = "a"
order = 1
[[pages]]
heading = "h"
text = "t"
"""


def test_a_lesson_is_opened_in_the_window_by_name_by_file_or_by_folder(
    window: list[Path | str | None], tmp_path: Path
) -> None:
    assert main(["--lesson", "learning-to-write"]) == 0
    path = tmp_path / "mine.toml"
    path.write_text(LESSON)
    assert main(["--lesson", str(path)]) == 0
    assert main(["--lesson", str(tmp_path)]) == 0
    assert window == ["learning-to-write", str(path), str(tmp_path)]


def test_what_is_no_lesson_opens_no_window(
    window: list[Path | str | None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--lesson", "nothing"]) == 2
    assert 'There is no lesson "nothing"; there are ' in capsys.readouterr().err
    assert main(["--lesson", str(tmp_path)]) == 2
    assert "There is no lesson in the folder" in capsys.readouterr().err
    path = tmp_path / "mine.toml"
    path.write_text(LESSON.replace('heading = "h"', ""))
    assert main(["--lesson", str(path)]) == 1
    assert "mine.toml: pages[1].heading is missing." in capsys.readouterr().err
    assert main(["--lesson", str(tmp_path)]) == 2
    assert "mine.toml: pages[1].heading is missing." in capsys.readouterr().err
    assert main(["--lesson", "learning-to-write", "--experiment", "vanishes"]) == 2
    assert "only one can be begun with" in capsys.readouterr().err
    assert window == []


def test_the_lessons_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lesson", "list"]) == 0
    assert "learning-to-write" in capsys.readouterr().out.splitlines()


def test_the_experiments_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--experiment", "list"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["writes", "vanishes"]


def test_a_file_is_opened_in_the_window(
    window: list[Path | str | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("book.txt", "train", "m.rnnviz"):
        Path(name).write_text("text")
    assert main(["book.txt"]) == 0
    assert main([str(tmp_path / "m.rnnviz")]) == 0
    assert main(["./train"]) == 0
    assert window == [Path("book.txt"), tmp_path / "m.rnnviz", Path("train")]


def test_a_file_that_is_not_there_opens_nothing(
    window: list[Path | str | None], capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["trian"], ["trian", "--corpus", "tales", "--out", "m"]):
        assert main(words) == 2
        assert capsys.readouterr().err == (
            "rnnviz: There is no file trian; the commands are train, race, generate, export, "
            "import, step, replay, info.\n"
        )
    assert main(["--corpus", "tales"]) == 2
    assert "Unrecognized arguments: --corpus" in capsys.readouterr().err
    assert window == []


def test_a_system_without_qt_is_told_what_works(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "rnnviz.gui.application", None)
    assert main([]) == 1
    assert "rnnviz train --help" in capsys.readouterr().err


def test_the_version_and_the_help_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == f"rnnviz {__version__}\n"
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    shown = capsys.readouterr().out
    for word in ("FILE", "train", "race", "generate", "info"):
        assert word in shown


@pytest.mark.parametrize(
    "words",
    [
        ["--nonsense"],
        ["a", "b"],
        ["train"],
        ["train", "--corpus", "tales"],
        ["train", "--out", "m", "--corpus", "novels"],
        ["train", "--out", "m", "--corpus", "tales", "--hidden-size", "0"],
        ["train", "--out", "m", "--corpus", "tales", "--learning-rate", "fast"],
        ["train", "--out", "m", "--corpus", "tales", "--steps", "-1"],
        ["train", "--out", "m", "--corpus", "tales", "--steps", "1", "--epochs", "1"],
        ["train", "--out", "m", "--corpus", "tales", "--hidden", "5"],
        ["race", "--corpus", "tales", "--rival", "cell=gru", "--rival", "cell=lstm"],
        ["race", "--out", "m", "--rule", "luck", "--corpus", "tales"],
        ["generate"],
        ["generate", "m", "--temperature", "-1"],
        ["generate", "m", "--length", "many"],
        ["info", "m", "--yaml"],
    ],
)
def test_a_word_that_cannot_be_understood_gets_one_line(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("rnnviz: ")
    assert captured.err.count("\n") == 1


def test_what_is_allowed_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    main(["train", "--out", "m", "--corpus", "tales", "--hidden-size", "0"])
    assert "--hidden-size: '0' is not a whole number from 1 to 4,096" in capsys.readouterr().err
    main(["train", "--out", "m", "--corpus", "tales", "--activation", "gelu"])
    assert "'gelu' is not one of tanh, relu" in capsys.readouterr().err


def test_the_module_does_what_the_program_does() -> None:
    done = run_rnnviz("--version")
    assert (done.returncode, done.stdout) == (0, f"rnnviz {__version__}\n")


def test_an_error_of_the_system_gets_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error", "m.rnnviz")

    monkeypatch.setattr("rnnviz.cli.info.load_model", fail)
    monkeypatch.setattr("rnnviz.cli._give_up_output", lambda: None)
    assert main(["info", "m.rnnviz"]) == 1
    assert capsys.readouterr().err == "rnnviz: m.rnnviz: Input/output error.\n"


def test_a_reader_that_goes_away_ends_the_command_in_silence(small_model: Path) -> None:
    command = [*RNNVIZ, "generate", str(small_model), "--length", "60000"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    assert process.wait(60) == 141
    assert process.stderr.read() == b""
    process.stderr.close()


def test_a_full_disk_behind_the_output_gets_one_line(small_model: Path) -> None:
    with open("/dev/full", "w") as full:
        done = run_rnnviz("info", str(small_model), stdout=full)
    assert done.returncode == 1
    assert done.stderr == "rnnviz: No space left on device.\n"


def test_an_output_that_lacks_a_character_gets_one_line(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("äöüß" * 200, encoding="utf-8")
    model = str(tmp_path / "m")
    assert run_rnnviz("train", "--text", str(text), "--steps", "0", "--out", model).returncode == 0
    done = run_rnnviz("generate", model, "--length", "9", environment={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 1
    assert done.stdout == ""
    assert "set PYTHONIOENCODING=utf-8" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_fault_of_ours_is_a_sentence_and_a_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], own_reports: Path
) -> None:
    def fail(_: object) -> int:
        raise KeyError("odd")

    monkeypatch.setattr("rnnviz.cli.info.run", fail)
    assert main(["info", "x.rnnviz"]) == 1
    (report,) = own_reports.iterdir()
    assert capsys.readouterr().err == (
        "rnnviz: Something unexpected went wrong (KeyError: 'odd'); the command ends. A report "
        f"lies in {report}.\n"
    )
    assert "in fail" in report.read_text(encoding="utf-8")
