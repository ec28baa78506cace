"""Leaves out of a session what its fault does not need."""

from __future__ import annotations

import json
import tempfile
from argparse import Namespace
from pathlib import Path

from log import faults_in
from sessions import read_log, run_session


def shorten(options: Namespace) -> int:
    """Find few actions after which the last session of a log fails as it did; print them."""
    session, acts = list(read_log(options.replay))[-1]
    acts = [act for act in acts if options.until is None or act["n"] <= options.until]
    wanted: str | None = None

    def fault_of(some: list[dict]) -> str | None:
        with tempfile.TemporaryDirectory(prefix="stage") as home:
            file, log = Path(home) / "acts.jsonl", Path(home) / "log.jsonl"
            file.write_text("".join(json.dumps(act) + "\n" for act in some))
            log.touch()
            again = session.again(str(log), str(file), some[0]["n"], len(some), options)
            found = faults_in(run_session(again, Path(home)))
            same = [f for f in found if wanted in (None, _kind(f))]
            return _kind(same[0]) if same else None

    wanted = fault_of(acts)
    if wanted is None:
        print("Nothing went wrong this time.")
        return 1
    part = len(acts) // 2
    while part:
        start = 0
        while start < len(acts) and len(acts) > 1:
            fewer = acts[:start] + acts[start + part :]
            if fewer and fault_of(fewer) == wanted:
                acts = fewer
                print(f"{len(acts)} are enough", flush=True)
            else:
                start += part
        part //= 2
    print(wanted, *(json.dumps(act) for act in acts), sep="\n")
    options.log.write_text(
        "".join(json.dumps(line) + "\n" for line in [{"session": vars(session)}, *acts])
    )
    return 0


def _kind(fault: dict) -> str:
    """Return what tells one fault from another: its kind, and how it ends."""
    if fault["fault"] in ("gap", "hang"):
        return fault["fault"]
    said = fault["told"].strip().splitlines() or [""]
    return f"{fault['fault']}: {said[0]}"
