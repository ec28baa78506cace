"""One session: a process with the window, watched from outside until it is gone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from log import Log, lines_of
from things import lay_out

_HANG_SECONDS = 90.0
_PATIENCE_SECONDS = 20.0
_MARK = "RNNVIZ_STAGE"


@dataclass(frozen=True)
class Session:
    """What a session is told.

    Attributes
    ----------
    log
        Where it writes what it does.
    number, first, actions
        Which session it is, the number of its first action, and how many there are.
    seed
        Of all sessions together.
    end
        How it ends: close, term, kill.
    limit_ms, by
        From when on a gap is a fault, and by which of its times.
    acts
        A file with what is to be done; empty for what chance says.
    """

    log: str
    number: int
    first: int
    actions: int
    seed: int
    end: str
    limit_ms: float
    by: str
    acts: str = ""

    @classmethod
    def from_json(cls, text: str) -> Session:
        return cls(**json.loads(text))

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    def again(self, log: str, acts: str, first: int, count: int, options: Namespace) -> Session:
        """Return a session that does what is known, judged as it is asked for now."""
        return replace(
            self, log=log, acts=acts, first=first, actions=count,
            limit_ms=options.limit_ms, by=options.by,
        )  # fmt: skip


def read_log(path: Path) -> Iterator[tuple[Session, list[dict]]]:
    """Yield each session of a log with what was done in it."""
    session, acts = None, []
    for line in lines_of(path):
        if "session" in line:
            if session is not None:
                yield session, acts
            session, acts = Session(**line["session"]), []
        elif "do" in line:
            acts.append(line)
    if session is not None:
        yield session, acts


def run_session(session: Session, home: Path) -> list[dict]:
    """Run one to its end, and return the lines of the log that tell of it."""
    path = Path(session.log)
    before = sum(1 for _ in lines_of(path))
    log = Log(path)
    log.action = session.first - 1
    log.add(session=asdict(session))
    with tempfile.TemporaryFile("w+b") as errors:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent), "--session", session.to_json()],
            env=_environment(home), cwd=_work(home), stdout=errors, stderr=errors,
        )  # fmt: skip
        try:
            hung = not _ended(process, path)
        finally:
            process.kill()
        errors.seek(0)
        told = errors.read().decode(errors="replace")[-8000:]
    lines = list(lines_of(path))[before:]
    log.action = max((line["n"] for line in lines), default=session.first)
    killed = any(line.get("do") == "end" and line["how"] == "kill" for line in lines)
    crash = home / "crash.txt"
    told += crash.read_text(errors="replace") if crash.exists() else ""
    if hung:
        log.fault("hang", told)
    elif process.returncode != (-signal.SIGKILL if killed else 0):
        log.fault("died", f"exit status {process.returncode}\n{told}")
    elif told.strip():
        log.fault("complaint", told)
    _judge_processes(log)
    if not killed and not hung and process.returncode == 0:
        _judge_files(log, home)
    return list(lines_of(path))[before:]


def _environment(home: Path) -> dict[str, str]:
    """Return an environment in which nothing of the user's is read or written."""
    folders = {
        "HOME": home / "home",
        "XDG_CONFIG_HOME": home / "settings",
        "XDG_DATA_HOME": home / "data",
        "XDG_STATE_HOME": home / "state",
        "XDG_CACHE_HOME": home / "cache",
        "RNNVIZ_AUTOSAVES": home / "autosaves",
        "RNNVIZ_REPORTS": home / "reports",
        "RNNVIZ_TEXTS": home / "texts",
    }
    (home / "home").mkdir(exist_ok=True)
    return {
        "QT_QPA_PLATFORM": "offscreen",
        **os.environ,
        **{name: str(folder) for name, folder in folders.items()},
        f"{_MARK}_CRASH": str(home / "crash.txt"),
        _MARK: str(os.getpid()),
    }


def _work(home: Path) -> Path:
    """Return the folder in which the user works."""
    work = home / "work"
    if not work.exists():
        work.mkdir()
        lay_out(work)
    return work


def _ended(process: subprocess.Popen, log: Path) -> bool:
    """Wait for the end of a process whose log goes on; tell whether it came of itself."""
    size, since = 0, time.monotonic()
    while process.poll() is None:
        time.sleep(0.2)
        if log.stat().st_size != size:
            size, since = log.stat().st_size, time.monotonic()
        elif time.monotonic() - since > _HANG_SECONDS:
            process.send_signal(signal.SIGUSR1)  # has faulthandler tell where it is
            time.sleep(2)
            process.kill()
            process.wait()
            return False
    return True


def _judge_processes(log: Log) -> None:
    """See that no process outlives a window, however that ended."""
    ends = time.monotonic() + _PATIENCE_SECONDS
    while (left := _marked()) and time.monotonic() < ends:
        time.sleep(0.2)
    if left:
        log.fault("process left", "\n".join(left.values()))
        for pid in left:
            os.kill(pid, signal.SIGKILL)


def _marked() -> dict[int, str]:
    """Return the processes that were begun within sessions of ours, with their command lines."""
    mark, found = f"{_MARK}={os.getpid()}".encode(), {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                words = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                if words:  # a process that has ended and is not yet asked how has none
                    found[int(folder.name)] = words.decode(errors="replace")
        except OSError:
            continue
    return found


def _judge_files(log: Log, home: Path) -> None:
    """See that a window that was closed leaves no autosave and nothing half written."""
    left = [*(home / "autosaves").rglob("*.rnnviz"), *(home / "work").rglob(".*.tmp")]
    if left:
        log.fault("file left", "\n".join(map(str, left)))
        for path in left:
            path.unlink(missing_ok=True)
