"""`rnnviz race`: each learns what it learns alone, the rule holds, one's end is nobody else's."""

from __future__ import annotations

import csv
import errno
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rnnviz.cli import contest, main
from rnnviz.cli.metrics import cut_half_row
from rnnviz.cli.race_worker import Read, Reading
from rnnviz.cli.rivals import Rival
from rnnviz.runs.process import WorkerProcess
from rnnviz.storage import load_model
from rnnviz.training import memory_estimate
from rnnviz.training.configuration import Configuration

from .running import RNNVIZ, run_rnnviz

Capture = pytest.CaptureFixture[str]

SMALL = ["--hidden-size", "8", "--corpus", "tales"]
RIVALS = ("cell=vanilla", "cell=lstm hidden-size=12", "cell=gru sequence_length=40 batch_size=2")
FILES = ("1-vanilla", "2-lstm-hidden_size-12", "3-gru-sequence_length-40-batch_size-2")


def race(out: Path, *words: str, rivals: tuple[str, ...] = RIVALS) -> int:
    named = [word for rival in rivals for word in ("--rival", rival)]
    small = SMALL[:2] if "--text" in words else SMALL
    return main(["race", *small, *named, "--out", str(out), *words])


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "race"


@pytest.mark.parametrize("rule", ["steps", "tokens", "time"])
def test_each_learns_what_it_learns_alone_to_the_last_bit(
    out: Path, tmp_path: Path, rule: str
) -> None:
    assert race(out, "--steps", "150", "--validation-interval", "40", "--rule", rule) == 0
    assert {path.name for path in out.iterdir()} == {
        f"{name}{suffix}" for name in FILES for suffix in (".rnnviz", ".csv")
    }
    for words, name in zip(RIVALS, FILES, strict=True):
        model, metrics = tmp_path / f"{name}.rnnviz", tmp_path / f"{name}.csv"
        steps = load_model(out / model.name).step
        own = [part for word in words.split() for part in _option(word)]
        alone = [*SMALL, *own, "--validation-interval", "40", "--steps", str(steps)]
        assert main(["train", *alone, "--metrics", str(metrics), "--out", str(model)]) == 0
        assert (out / model.name).read_bytes() == model.read_bytes()
        raced, trained = rows_of(out / metrics.name), rows_of(metrics)
        for row in (*raced, *trained):
            del row["seconds"]
        assert raced == trained


def _option(word: str) -> tuple[str, str]:
    name, _, value = word.partition("=")
    return f"--{name.replace('_', '-')}", value


def test_by_equal_steps_all_do_as_many(out: Path, capsys: Capture) -> None:
    assert race(out, "--epochs", "1", "--text", str(_text(out.parent))) == 0
    assert len({load_model(out / f"{name}.rnnviz").step for name in FILES}) == 1
    assert "leads, by equal steps (" in capsys.readouterr().out


def test_rivals_on_one_text_read_it_once_and_have_its_ids_once(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = _text(tmp_path)
    told: list[tuple[int, object]] = []
    sizes: list[list[int]] = []
    end, hear = contest.Contest.end, contest.Contest.hear

    def shared() -> list[int]:
        names = f"rnnviz_{os.getpid()}_*"
        return [path.stat().st_size for path in Path("/dev/shm").glob(names)]

    def noting_end(self: contest.Contest, rival: Rival) -> str:
        sizes.append(shared())
        return end(self, rival)

    def noting_hear(self: contest.Contest) -> Iterator[tuple[Rival, object]]:
        for rival, news in hear(self):
            told.append((rival.row, news))
            yield rival, news

    monkeypatch.setattr(contest.Contest, "end", noting_end)
    monkeypatch.setattr(contest.Contest, "hear", noting_hear)
    assert race(out, "--steps", "40", "--text", str(text)) == 0
    assert {row for row, news in told if isinstance(news, Reading)} == {0}
    taken = [news.text_bytes for _, news in told if isinstance(news, Read)]
    assert taken[0] > 0
    assert taken[1:] == [0, 0]
    assert sizes == [[text.stat().st_size]] * 3
    assert shared() == []
    for words, name in zip(RIVALS, FILES, strict=True):
        model = tmp_path / f"{name}.rnnviz"
        own = [part for word in words.split() for part in _option(word)]
        alone = ["--text", str(text), "--hidden-size", "8", *own, "--steps", "40"]
        assert main(["train", *alone, "--out", str(model)]) == 0
        assert (out / model.name).read_bytes() == model.read_bytes()


def test_by_equal_tokens_a_larger_window_does_fewer_steps(out: Path, capsys: Capture) -> None:
    assert race(out, "--steps", "160", "--rule", "tokens") == 0
    # 160 windows of 25 tokens, and 50 of 80.
    assert [load_model(out / f"{name}.rnnviz").step for name in FILES] == [160, 160, 50]
    assert "leads, by equal tokens (4,000 each): " in capsys.readouterr().out


def test_by_equal_time_it_is_over_when_the_first_is_done(out: Path, capsys: Capture) -> None:
    rivals = ("hidden_size=4", "cell=lstm hidden_size=200 batch_size=16")
    assert race(out, "--steps", "1500", "--rule", "time", rivals=rivals) == 0
    steps = [load_model(path).step for path in sorted(out.glob("*.rnnviz"))]
    assert steps[0] == 1500
    assert 0 < steps[1] < 1500
    least, most = re.findall(r"equal time \((.*) to (.*) s of", capsys.readouterr().out)[0]
    # A step more, and what comes in before the others hear of the end.
    assert float(most) - float(least) < 0.3


def test_the_table_says_what_was_measured_and_who_leads(out: Path, capsys: Capture) -> None:
    assert race(out, "--steps", "200", rivals=("learning_rate=0.1", "learning_rate=0.0001")) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    head, first, second, verdict = shown.out.splitlines()
    assert head.split() == ["rival", "steps", "tokens", "seconds", "loss", "held", "out", "file"]
    assert first.startswith("1 learning_rate=0.1 ")
    assert first.endswith(" 1-learning_rate-0.1.rnnviz")
    losses = [float(line.split()[-2]) for line in (first, second)]
    assert losses[0] < losses[1]
    assert verdict == (
        f"learning_rate=0.1 leads, by equal steps (200 each): {losses[0]:.4f} nats per token on "
        f"held-out text, {verdict.split()[-4]} less than learning_rate=0.0001."
    )
    assert float(verdict.split()[-4]) == pytest.approx(losses[1] - losses[0], abs=2e-4)


def test_who_did_not_learn_from_the_same_is_not_compared(out: Path, capsys: Capture) -> None:
    assert race(out, "--steps", "5", rivals=("corpus=tales", "corpus=sums")) == 0
    assert "Nobody leads: the runs learned from different data" in capsys.readouterr().out


def test_tasks_say_how_many_answers_were_wrong(out: Path, capsys: Capture) -> None:
    words = ("--corpus", "temporal-order", "--sequence-length", "10", "--steps", "3")
    assert race(out, *words, rivals=("cell=lstm", "cell=gru")) == 0
    assert re.search(
        r" wrong  file\n1 cell=lstm .* [\d,]+ of [\d,]+  1-lstm", capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("rivals", "complaint"),
    [
        (("cell=lstm",), "A race is between 2 and 8 rivals, and here is 1."),
        (("cell=lstm",) * 9, "A race is between 2 and 8 rivals, and here is 9."),
        (("cell=lstm", "cel=gru"), 'Rival 2 (cel=gru): There is no setting "cel": did you mean'),
        (("cell=lstm", "xyz=1"), 'There is no setting "xyz": rnnviz train --help names them all.'),
        (("cell=lstm", "cell=lstmm"), "'lstmm' is not one of vanilla, lstm, gru."),
        (("cell=lstm", "preset=best"), "'best' is not one of default, "),
        (("cell=lstm", "gru"), '"gru" is no setting with its value, such as cell=lstm.'),
        (("cell=lstm", 'prompt="a'), "A quotation mark is missing."),
        (("cell=lstm", "hidden_size=0"), "hidden_size: '0' is not a whole number from 1 to 4,096."),
        (("cell=lstm", "corpus=file"), "A text of your own is named with --text FILE."),
        (("", "cell=vanilla"), "Rivals 1 and 2 have the same settings: each needs its own."),
        (("cell=lstm", "cell=lstm activation=relu"), "Rivals 1 and 2 have the same settings"),
    ],
)  # fmt: skip
def test_rivals_that_cannot_stand_are_refused_in_a_sentence(
    out: Path, capsys: Capture, rivals: tuple[str, ...], complaint: str
) -> None:
    assert race(out, "--steps", "5", rivals=rivals) == 2
    assert_refused(out, capsys, complaint)


def assert_refused(out: Path, capsys: Capture, complaint: str) -> None:
    shown = capsys.readouterr()
    assert complaint in shown.err
    assert shown.err.startswith("rnnviz: ")
    assert shown.err.count("\n") == 1
    assert shown.out == ""
    assert not out.exists()


def test_a_text_that_is_gone_is_told_before_anything_is_written(out: Path, capsys: Capture) -> None:
    gone = out.parent / "gone.txt"
    assert race(out, rivals=("cell=lstm", f"text={gone}")) == 1
    assert_refused(out, capsys, f"Rival 2 (text={gone}): There is no file gone.txt.")


def test_a_window_that_the_text_has_not_is_told_before_anything_is_written(
    out: Path, capsys: Capture
) -> None:
    words = ("--text", str(_text(out.parent)))
    assert race(out, *words, rivals=("cell=lstm", "sequence_length=1000 batch_size=500")) == 1
    assert_refused(out, capsys, "Rival 2 (sequence_length=1000 batch_size=500): The text")


def test_epochs_of_what_has_no_end_are_refused(out: Path, capsys: Capture) -> None:
    words = ("--corpus", "adding", "--epochs", "2")
    assert race(out, *words, rivals=("cell=lstm", "cell=gru")) == 1
    assert_refused(out, capsys, "has no end, so it has no epochs: say --steps N.")


def test_those_that_do_not_fit_into_memory_are_told_before_they_begin(
    out: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Configuration(cell="lstm", hidden_size=8)
    needed = memory_estimate.bytes_needed(one, 40) + memory_estimate.bytes_to_save(one, 40)
    # Enough for one of them, and not for three.
    monkeypatch.setattr(memory_estimate, "_physical_memory", lambda: 2 * needed)
    assert race(out, "--steps", "5", rivals=("cell=lstm", "cell=gru", "cell=vanilla")) == 1
    shown = capsys.readouterr().err
    assert re.match(r"rnnviz: Rival [23] \(.*\): This would need about .* of the other runs", shown)
    assert not out.exists()


def test_a_folder_that_cannot_be_is_found_out_before_training(
    tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "missing" / "race", tmp_path / "file", Path("/proc/race")):
        assert race(place, "--steps", "5") == 1
        complaint = capsys.readouterr().err
        assert complaint.startswith(f"rnnviz: The folder {place.name} cannot be made: ")
        assert complaint.count("\n") == 1


def test_nothing_that_is_read_is_written_over(out: Path, capsys: Capture) -> None:
    out.mkdir()
    text = _text(out).rename(out / "1-vanilla.csv")
    before = text.read_bytes()
    assert race(out, "--text", str(text), "--steps", "5") == 2
    assert "are the same file" in capsys.readouterr().err
    assert text.read_bytes() == before


def test_a_folder_may_be_there_and_keeps_what_is_in_it(out: Path) -> None:
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    assert race(out, "--steps", "5") == 0
    assert (out / "notes.txt").read_text() == "mine"
    assert load_model(out / "1-vanilla.rnnviz").step == 5


DIVERGES = "activation=relu learning_rate=1000 optimizer=sgd clip_mode=none"


def test_one_that_fails_is_saved_and_told_and_the_others_go_on(out: Path, capsys: Capture) -> None:
    assert race(out, "--steps", "300", rivals=("cell=lstm", DIVERGES, "cell=gru")) == 1
    shown = capsys.readouterr()
    assert shown.err.startswith(f"rnnviz: Rival 2 ({DIVERGES}): Step ")
    assert shown.err.count("\n") == 1
    assert shown.out.count(", failed\n") == 1
    assert "leads, by equal steps (300 each)" in shown.out
    steps = [load_model(path).step for path in sorted(out.glob("*.rnnviz"))]
    assert (steps[0], steps[2]) == (300, 300)
    assert steps[1] < 300


def test_files_that_cannot_be_written_are_found_out_before_training(
    out: Path, capsys: Capture
) -> None:
    for name in ("1-lstm.rnnviz", "2-gru.csv"):
        (out / name).mkdir(parents=True)
        assert race(out, "--steps", "5", rivals=("cell=lstm", "cell=gru")) == 1
        assert capsys.readouterr().err == (
            f"rnnviz: {name} cannot be saved: there is a folder of that name.\n"
        )
        (out / name).rmdir()
        assert not list(out.iterdir())


def test_a_process_that_cannot_be_started_is_told_and_those_that_were_end(
    out: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[WorkerProcess] = []

    def start(target: Callable[..., None]) -> WorkerProcess:
        if started:
            raise OSError(errno.EAGAIN, "Resource temporarily unavailable")
        started.append(WorkerProcess(target))
        return started[0]

    monkeypatch.setattr(contest, "WorkerProcess", start)
    assert race(out, "--steps", "5", rivals=("cell=lstm", "cell=gru")) == 1
    assert_refused(out, capsys, "Rival 2 (cell=gru): its process could not be started: resource")
    assert not started[0]._process.is_alive()


def test_where_there_is_no_more_room_nothing_is_left_half_written(out: Path) -> None:
    words = [*SMALL, "--rival", "cell=lstm", "--rival", "cell=gru", "--steps", "3000"]
    # No file may be larger than 20 blocks of 512 or 1024 bytes.
    command = ["sh", "-c", 'ulimit -f 20; exec "$@"', "sh", *RNNVIZ, "race", *words]
    done = subprocess.run(
        [*command, "--out", str(out)], capture_output=True, text=True, check=False, timeout=90
    )
    assert done.returncode == 1
    assert done.stderr.count("rnnviz: Rival ") == 2
    assert "not saved, failed" in done.stdout
    assert sorted(path.name for path in out.iterdir()) == ["1-lstm.csv", "2-gru.csv"]
    for path in out.iterdir():
        assert path.read_bytes().endswith(b"\n")
        assert None not in rows_of(path)[-1].values()


def test_a_row_that_was_cut_goes(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    for content, whole in ((b"step,loss\n1,2\n3,", b"step,loss\n1,2\n"), (b"a\n", b"a\n")):
        path.write_bytes(content)
        cut_half_row(path)
        assert path.read_bytes() == whole
    cut_half_row(tmp_path / "missing.csv")


# Races that somebody ends.


class Running:
    """A race in a process, which goes on until somebody stops it."""

    def __init__(self, out: Path) -> None:
        self.out = out
        named = [word for rival in RIVALS for word in ("--rival", rival)]
        words = ["race", *SMALL, *named, "--steps", "100000000", "--out", str(out)]
        self.process = subprocess.Popen(
            [*RNNVIZ, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def rows(self) -> list[int]:
        """Return how many rows of metrics there are of each, those under way aside."""
        files = [self.out / f"{name}.csv" for name in FILES]
        return [path.read_bytes().count(b"\n") - 1 if path.exists() else 0 for path in files]

    def until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not holds():
            assert self.process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def rivals(self) -> list[int]:
        """Return the numbers of the processes that train, in their order."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        pids = [int(pid) for pid in children.split()]
        return [pid for pid in pids if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def end(self) -> tuple[str, str]:
        return self.process.communicate(timeout=60)


@pytest.fixture
def running(out: Path) -> Iterator[Running]:
    running = Running(out)
    running.until(lambda: min(running.rows()) >= 50)
    yield running
    running.process.kill()
    running.end()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_all_are_saved_and_the_table_is_told(
    running: Running, number: signal.Signals
) -> None:
    running.process.send_signal(number)
    told, complaint = running.end()
    assert running.process.returncode == 128 + number
    assert complaint == "Stopped.\n"
    assert "leads, by equal steps (" in told
    steps = [load_model(running.out / f"{name}.rnnviz").step for name in FILES]
    assert max(steps) - min(steps) <= 4
    assert steps == running.rows()


def test_asked_to_stop_before_it_begins_nothing_is_left(out: Path) -> None:
    running = Running(out)
    running.until(out.exists)
    running.process.send_signal(signal.SIGINT)
    told, complaint = running.end()
    assert running.process.returncode == 130
    assert (told, complaint) == ("", "Stopped, and nothing was saved.\n")
    assert not out.exists()


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="there is no /proc")


@needs_proc
def test_one_that_is_killed_is_told_of_and_the_others_go_on(running: Running) -> None:
    os.kill(running.rivals()[1], signal.SIGKILL)
    before = running.rows()
    running.until(lambda: running.rows()[0] > before[0] + 100)
    running.process.send_signal(signal.SIGINT)
    told, complaint = running.end()
    assert (
        "Rival 2 (cell=lstm hidden-size=12): its process ended unexpectedly (killed by signal 9)"
        in complaint
    )
    assert "not saved: its process died" in told
    assert sorted(path.name for path in running.out.glob("*.rnnviz")) == [
        f"{FILES[0]}.rnnviz", f"{FILES[2]}.rnnviz",
    ]  # fmt: skip
    assert (running.out / f"{FILES[1]}.csv").read_bytes().endswith(b"\n")


@needs_proc
def test_where_the_race_itself_is_killed_its_processes_save_and_end(running: Running) -> None:
    pids = running.rivals()
    running.process.kill()
    running.end()
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    steps = [load_model(running.out / f"{name}.rnnviz").step for name in FILES]
    assert steps == running.rows()


def test_a_terminal_sees_a_line_for_each(out: Path) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    named = [word for rival in RIVALS for word in ("--rival", rival)]
    words = ["race", *SMALL, *named, "--steps", "3000", "--out", str(out)]
    process = subprocess.Popen([*RNNVIZ, *words], stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    seen = b""
    while chunk := _read(ours):
        seen += chunk
    os.close(ours)
    process.communicate(timeout=60)
    assert process.returncode == 0
    for label in (b"1 cell=vanilla ", b"2 cell=lstm hidden-size", b"3 cell=gru sequence_leng"):
        assert re.search(re.escape(label) + rb"[^\r\n]*/3,000 steps [^\r\n]*loss \d", seen)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:
        # How Linux says that the other side has hung up.
        return b""


def test_without_a_terminal_the_help_and_the_commands_name_it() -> None:
    done = run_rnnviz("--help")
    assert "race" in done.stdout
    done = run_rnnviz("race", "--help")
    for word in ("--rival", "--rule", "--hidden-size", "--out"):
        assert word in done.stdout


def _text(folder: Path) -> Path:
    path = folder / "book.txt"
    path.write_text("the quick brown fox jumps over the lazy dog.\n" * 60)
    return path
