"""`rnnviz train`: what it saves, what it measures, and how it ends when it cannot go on."""

from __future__ import annotations

import csv
import fcntl
import math
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import termios
import time
from pathlib import Path

import pytest

from rnnviz.cli import main
from rnnviz.cli.metrics import MetricsFile
from rnnviz.cli.options import flag
from rnnviz.data import OWN_TEXT
from rnnviz.storage import StorageError, load_model
from rnnviz.training.configuration import SETTINGS, Setting, Value
from rnnviz.training.record.history import StepResult

from .running import RNNVIZ, run_rnnviz

HEADER = (
    "step,epoch,tokens,loss,validation_loss,gradient_norm,clipped_gradient_norm,learning_rate,"
    "seconds"
)


def train(words: str, *more: str | Path) -> int:
    return main(["train", "--hidden-size", "8", *words.split(), *map(str, more)])


def go_on(words: str, *more: str | Path) -> int:
    return main(["train", *words.split(), *map(str, more)])


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def losses_of(path: Path) -> list[str]:
    return [row["loss"] for row in rows_of(path)]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "m.rnnviz"


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "book.txt"
    path.write_text("the quick brown fox jumps over the lazy dog.\n" * 100)
    return path


def test_a_trained_model_is_saved_and_the_last_line_says_where(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train("--corpus tales --steps 60 --out", out) == 0
    assert load_model(out).step == 60
    last = capsys.readouterr().out
    assert last.count("\n") == 1
    assert last.startswith(f"Saved {out} after step 60, loss ")


def test_no_steps_save_the_untrained_network(out: Path) -> None:
    assert train("--corpus tales --steps 0 --out", out) == 0
    checkpoint = load_model(out)
    assert checkpoint.step == 0
    assert checkpoint.samples[0].step == 0


def test_epochs_read_the_text_so_often(out: Path, text: Path) -> None:
    assert train("--epochs 2 --validation-fraction 0 --text", text, "--out", out) == 0
    checkpoint = load_model(out)
    assert checkpoint.step == 2 * ((4500 - 1) // 25)
    assert checkpoint.epoch == 1


def another_value(setting: Setting) -> Value:
    """Return one that is not the default's, of a setting that goes with whatever others."""
    if setting.choices:
        return next(value for value in setting.choices if value != setting.default)
    if setting.kind is str:
        return "the"
    ends = [setting.kind(end) for end in setting.slider_range]
    return next(end for end in ends if end != setting.default)


def test_every_setting_is_an_option(out: Path, text: Path) -> None:
    values = {
        "corpus": OWN_TEXT,
        "text_file": str(text),
        "validation_fraction": 0.25,
        "level": "word",
        "vocabulary_size": 30,
        "cell": "vanilla",
        "num_layers": 2,
        "parameter_budget": 0,
        "residual": "on",
        "forget_bias": 0.5,
        "momentum": 0.5,
        "initial_accumulator_value": 0.5,
        "schedule": "cosine",
        "decay_rate": 0.9,
        "decay_start": 3,
        "warmup_steps": 7,
        "schedule_steps": 70,
        "dropout": 0.125,
        "window_start": "zeros",
        "activation": "relu",
        "hidden_size": 9,
        "initialization": "orthogonal",
        "initialization_gain": 0.5,
        "seed": 11,
        "dtype": "float64",
        "learning_rate": 0.025,
        "optimizer": "sgd",
        "clip_mode": "value",
        "clip_threshold": 0.75,
        "sequence_length": 7,
        "batch_size": 3,
        "validation_interval": 2,
        "temperature": 0.875,
        "watched_text": "the fox",
        "prompt": "the",
    }
    # What is chosen here goes together; what is not may be anything.
    values |= {
        name: another_value(setting) for name, setting in SETTINGS.items() if name not in values
    }
    options = [word for name, value in values.items() for word in (flag(name), str(value))]
    assert main(["train", *options, "--steps", "4", "--out", str(out)]) == 0
    # Of a text the file has the name: where it stands is nobody else's business.
    assert load_model(out).configuration.to_mapping() == values | {"text_file": "book.txt"}


def test_the_help_names_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["train", "--help"])
    shown = capsys.readouterr().out
    for name in SETTINGS:
        assert flag(name) in shown
    assert "from 1 to 4,096" in " ".join(shown.split())


def test_the_metrics_have_a_row_for_every_step(out: Path, tmp_path: Path) -> None:
    metrics = tmp_path / "m.csv"
    words = "--corpus tales --steps 25 --validation-interval 10 --initialization gaussian"
    assert train(f"{words} --metrics {metrics} --out", out) == 0
    lines = metrics.read_text().splitlines()
    assert lines[0] == HEADER == ",".join(StepResult._fields)
    rows = rows_of(metrics)
    assert [int(row["step"]) for row in rows] == list(range(1, 26))
    assert [int(row["tokens"]) for row in rows] == [25 * n for n in range(1, 26)]
    measured = [int(row["step"]) for row in rows if row["validation_loss"]]
    assert measured == [10, 20]
    uniform = math.log(len(load_model(out).tokens))
    assert float(rows[0]["loss"]) == pytest.approx(uniform, rel=0.02)
    assert all(float(row["gradient_norm"]) > 0 for row in rows)


def test_the_same_words_give_the_same_losses_bit_for_bit(tmp_path: Path) -> None:
    for name in ("one", "two"):
        words = f"--corpus tales --steps 200 --metrics {tmp_path / name}.csv --out"
        assert train(words, tmp_path / name) == 0
    assert losses_of(tmp_path / "one.csv") == losses_of(tmp_path / "two.csv")


def test_going_on_is_as_if_it_had_never_stopped(tmp_path: Path) -> None:
    out = tmp_path / "half"
    whole = f"--corpus tales --steps 200 --metrics {tmp_path / 'whole.csv'} --out"
    assert train(whole, tmp_path / "whole") == 0
    assert train("--corpus tales --steps 100 --metrics", tmp_path / "a.csv", "--out", out) == 0
    words = f"--resume {out} --steps 100 --metrics {tmp_path / 'b.csv'} --out"
    assert go_on(words, out) == 0
    halves = losses_of(tmp_path / "a.csv") + losses_of(tmp_path / "b.csv")
    assert halves == losses_of(tmp_path / "whole.csv")
    assert rows_of(tmp_path / "b.csv")[0]["step"] == "101"
    one, other = load_model(out), load_model(tmp_path / "whole")
    assert all((one.parameters[n] == other.parameters[n]).all() for n in one.parameters)


def test_going_on_takes_live_settings_and_another_text(
    out: Path, text: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train("--corpus tales --steps 10 --out", out) == 0
    words = "--learning-rate 0.01 --optimizer sgd --batch-size 4 --sequence-length 9 --steps 5"
    assert go_on(f"{words} --text {text} --resume {out} --out", out) == 0
    checkpoint = load_model(out)
    assert checkpoint.step == 15
    assert checkpoint.configuration.learning_rate == 0.01
    assert checkpoint.configuration.optimizer == "sgd"
    assert checkpoint.configuration.text_file == "book.txt"
    assert checkpoint.title == "book.txt"
    assert "not the one that the model was last trained on" in capsys.readouterr().err


def test_going_on_refuses_settings_of_another_network(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train("--corpus tales --steps 1 --out", out) == 0
    before = out.read_bytes()
    for words in (
        "--hidden-size 9",
        "--seed 5",
        "--dtype float64",
        "--activation relu",
        "--cell lstm",
        "--num-layers 2",
        "--level word",
        "--preset char-rnn",
    ):
        capsys.readouterr()
        assert go_on(f"{words} --resume {out} --steps 1 --out", out) == 2
        assert "would make another network" in capsys.readouterr().err
    assert go_on(f"--hidden-size 8 --resume {out} --steps 1 --out", out) == 0
    out.write_bytes(before)


def test_a_preset_fills_in_what_no_option_says(out: Path) -> None:
    words = "--corpus tales --preset modern --hidden-size 12 --batch-size 2 --steps 1 --out"
    assert train(words, out) == 0
    configuration = load_model(out).configuration
    assert (configuration.cell, configuration.optimizer) == ("lstm", "adam")
    assert (configuration.hidden_size, configuration.batch_size) == (12, 2)
    assert configuration.corpus == "tales"


def test_a_preset_for_a_resumed_model_keeps_its_text_and_changes_what_differs_from_it(
    out: Path, text: Path
) -> None:
    begun = "--preset min-char-rnn --hidden-size 100 --clip-mode none --steps 2 --text"
    assert train(begun, text, "--out", out) == 0
    assert go_on(f"--preset min-char-rnn --resume {out} --steps 1 --out", out) == 0
    configuration = load_model(out).configuration
    assert configuration.text_file == "book.txt"
    assert configuration.clip_mode == "value"


def test_a_preset_for_a_resumed_model_keeps_its_corpus(out: Path) -> None:
    words = "--preset char-rnn --batch-size 2 --sequence-length 5"
    assert train(f"{words} --corpus sums --steps 2 --out", out) == 0
    assert go_on(f"{words} --hidden-size 8 --resume {out} --steps 1 --out", out) == 0
    checkpoint = load_model(out)
    assert checkpoint.configuration.corpus == "sums"
    assert (checkpoint.step, checkpoint.position) == (3, 15)


def test_a_preset_brings_its_corpus(out: Path) -> None:
    assert train("--preset default --steps 1 --out", out) == 0
    assert load_model(out).configuration.corpus == "tales"


def test_a_setting_that_means_nothing_to_the_model_is_no_other_network(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "--corpus sums --cell lstm --parameter-budget 2000 --steps 1 --out"
    assert go_on(words, out) == 0
    before = load_model(out).configuration
    words = "--vocabulary-size 500 --activation relu --initialization-gain 2"
    assert go_on(f"{words} --resume {out} --steps 1 --out", out) == 0
    assert load_model(out).configuration == before
    capsys.readouterr()
    assert go_on(f"--hidden-size 50 --resume {out} --steps 1 --out", out) == 2
    assert "was begun with a budget of 2,000 parameters" in capsys.readouterr().err


def test_metrics_go_on_where_the_model_does_and_begin_anew_elsewhere(
    out: Path, tmp_path: Path
) -> None:
    metrics = tmp_path / "q.csv"
    assert train(f"--corpus sums --steps 5 --metrics {metrics} --out", out) == 0
    again = f"--resume {out} --metrics {metrics} --steps 2 --out"
    assert go_on(again, out) == 0
    assert go_on(again, out) == 0
    assert [row["step"] for row in rows_of(metrics)] == [str(step) for step in range(1, 10)]
    with metrics.open("a") as file:
        file.write("10,cut")
    assert go_on(again, out) == 0
    assert [row["step"] for row in rows_of(metrics)] == ["10", "11"]


def test_another_share_held_out_is_not_called_another_text(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train("--corpus sums --steps 2 --out", out) == 0
    capsys.readouterr()
    assert go_on(f"--resume {out} --validation-fraction 0.2 --steps 1 --out", out) == 0
    assert "Another part of the text is held out" in capsys.readouterr().err


@pytest.mark.parametrize("words", ["--corpus tales --text {text}", "", "--corpus file"])
def test_exactly_one_text_is_named(
    out: Path, text: Path, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(f"{words.format(text=text)} --steps 1 --out", out) == 2
    assert "--text" in capsys.readouterr().err
    assert not out.exists()


def test_texts_that_cannot_be_trained_on_get_one_line(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"empty": b"", "short": b"ab", "one": b"a" * 500, "binary": bytes(range(256)) * 9}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder").mkdir()
    for name in (*files, "missing", "folder"):
        assert train("--steps 1 --text", tmp_path / name, "--out", out) == 1
        complaint = capsys.readouterr().err
        assert complaint.startswith("rnnviz: ")
        assert complaint.count("\n") == 1
        assert not out.exists()


def test_a_text_is_read_in_the_encoding_that_is_named_and_its_model_goes_on_with_it(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "book.txt"
    book.write_bytes(("Жили-были лиса и журавль. " * 40).encode("cp866"))
    assert train("--steps 1 --encoding ibm866 --text", book, "--out", out) == 0
    assert "Note: book.txt was read as DOS 866 (Cyrillic), as chosen:" in capsys.readouterr().err
    first = load_model(out)
    assert first.configuration.encoding == "ibm866"
    assert set(first.tokens) == set("Жили-были лиса и журавль. ")
    assert go_on("--steps 1 --resume", out, "--out", out) == 0
    assert "another" not in capsys.readouterr().err
    assert load_model(out).fingerprint == first.fingerprint
    assert load_model(out).step == 2


def test_a_guess_at_an_encoding_is_noted_with_a_sample_and_what_is_broken(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "book.txt"
    book.write_bytes("It’s “here” – ".encode("cp1252") * 40 + b"\x9d\n")  # noqa: RUF001  # no mistake
    assert train("--steps 1 --text", book, "--out", out) == 0
    notes = capsys.readouterr().err
    assert "book.txt is not UTF-8; it was read as Windows-1252 (Western): " in notes
    assert "book.txt has 1 broken byte, read as \ufffd, in line 1: " in notes


def test_a_place_that_cannot_be_written_is_found_out_before_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the text was read before the place was tried")

    monkeypatch.setattr("rnnviz.cli.train.new_trainer", never)
    for place in (tmp_path / "missing" / "m", tmp_path, Path("/dev/null"), Path("/proc/m")):
        assert train("--corpus tales --steps 1 --out", place) == 1
        complaint = capsys.readouterr().err
        assert "cannot be saved" in complaint
        assert complaint.count("\n") == 1


def test_metrics_that_cannot_be_written_are_found_out_before_training(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in (tmp_path / "missing" / "m.csv", tmp_path, Path("/dev/full")):
        assert train(f"--corpus tales --steps 5 --metrics {place} --out", out) == 1
        assert "The metrics cannot be written" in capsys.readouterr().err
        assert not out.exists()


def test_metrics_that_fail_under_way_cost_no_model(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write = MetricsFile.write

    def full_after_thirty(self: MetricsFile, record: StepResult) -> None:
        if record.step == 30:
            raise StorageError("The metrics cannot be written to m.csv: the disk is full.")
        write(self, record)

    monkeypatch.setattr(MetricsFile, "write", full_after_thirty)
    assert train(f"--corpus tales --steps 50 --metrics {tmp_path / 'm.csv'} --out", out) == 1
    complaint = capsys.readouterr().err
    saved, refused = complaint.splitlines()
    assert saved.startswith(f"Saved {out} after step 30")
    assert refused == "rnnviz: The metrics cannot be written to m.csv: the disk is full."
    assert load_model(out).step == 30


def test_nothing_that_is_read_is_written_over(
    out: Path, text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = text.read_bytes()
    assert train("--corpus tales --steps 1 --out", out) == 0
    (tmp_path / "link").symlink_to(text)
    for words in (
        f"--text {text} --out {text}",
        f"--text {text} --out {tmp_path / 'link'}",
        f"--text {text} --out {out} --metrics {text}",
        f"--corpus tales --out {out} --metrics {out}",
        f"--resume {out} --out {tmp_path / 'n'} --metrics {out}",
    ):
        capsys.readouterr()
        assert go_on(f"{words} --steps 1") == 2
        assert "are the same file" in capsys.readouterr().err
    assert text.read_bytes() == before
    assert load_model(out).step == 1


def test_numbers_that_are_no_longer_finite_end_it_with_the_last_finite_weights(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "--activation relu --learning-rate 1000 --optimizer sgd --clip-mode none --steps 500"
    assert train(f"--corpus tales {words} --out", out) == 1
    saved, failure = capsys.readouterr().err.splitlines()
    assert saved.startswith(f"Saved {out} after step ")
    assert re.fullmatch(r"rnnviz: Step \d+: .*(not finite|overflowed).*with clipping\.", failure)
    stopped_at = load_model(out).step
    assert stopped_at < 500
    words = "--learning-rate 0.0001 --clip-mode norm --clip-threshold 1 --steps 3 --resume"
    assert go_on(words, out, "--out", out) == 0
    assert load_model(out).step == stopped_at + 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_saves_and_says_where(
    out: Path, tmp_path: Path, number: signal.Signals
) -> None:
    metrics = tmp_path / "m.csv"
    words = ["train", "--corpus", "tales", "--steps", "100000000", "--metrics", str(metrics)]
    process = subprocess.Popen(
        [*RNNVIZ, *words, "--out", str(out)], stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 30
    while not metrics.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.2)
    process.send_signal(number)
    _, complaint = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert complaint.startswith("Stopped. Saved ")
    assert str(out) in complaint
    assert load_model(out).step == len(rows_of(metrics))


def test_a_terminal_sees_a_bar(out: Path) -> None:
    pytest.importorskip("tqdm")
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    command = [*RNNVIZ, "train", "--corpus", "sums", "--steps", "300", "--out", str(out)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    seen = b""
    while chunk := _read(ours):
        seen += chunk
    os.close(ours)
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert b"300/300 steps" in seen
    assert b"tokens/s" in seen
    assert b"loss " in seen


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:
        # How Linux says that the other side has hung up.
        return b""


def test_no_command_loads_qt(out: Path, small_model: Path) -> None:
    copy = out.with_name("copy.rnnviz")
    shutil.copy(small_model, copy)
    program = (
        "import sys; from rnnviz.cli import main\n"
        f"assert main(['train', '--resume', {str(copy)!r}, '--steps', '2', '--out', {str(out)!r}"
        "]) == 0\n"
        f"assert main(['generate', {str(copy)!r}, '--length', '5']) == 0\n"
        f"assert main(['step', {str(copy)!r}, '--json']) == 0\n"
        f"assert main(['info', {str(copy)!r}]) == 0\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "assert loaded.isdisjoint({'PySide6', 'shiboken6', 'pyqtgraph'}), loaded\n"
        "assert not [name for name in sys.modules if name.startswith('rnnviz.gui')]\n"
    )
    done = subprocess.run([RNNVIZ[0], "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_help_needs_no_numpy() -> None:
    program = (
        "import sys; from rnnviz.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "assert 'numpy' not in sys.modules"
    )
    done = subprocess.run([RNNVIZ[0], "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_damaged_model_is_not_gone_on_from(out: Path) -> None:
    assert train("--corpus tales --steps 1 --out", out) == 0
    out.write_bytes(out.read_bytes()[:-1])
    before = out.read_bytes()
    done = run_rnnviz("train", "--resume", str(out), "--steps", "1", "--out", str(out))
    assert done.returncode == 1
    assert done.stderr == "rnnviz: m.rnnviz is damaged: it is cut short.\n"
    assert out.read_bytes() == before
    with pytest.raises(StorageError):
        load_model(out)
