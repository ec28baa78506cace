"""A random user of the real window, for as long as one likes. Run by hand.

    python tests/stage [--actions 20000] [--seed 1] [--log stage.jsonl]
    python tests/stage --replay stage.jsonl [--until 812] [--shorten]

Needs no display; with QT_QPA_PLATFORM=xcb it has the one of the environment. A session is a process
with the real window and its worker, in a home that is not the person's; in it one clicks, types,
turns the wheel, drags, opens and saves files good and bad, and begins experiments, lessons and
recordings, with rivals beside. It ends as sessions do, by the close button, SIGTERM or kill -9, and
the next one begins with what it left. What is done stands in the log before it is done, and so does
what went wrong: an exception, a Qt warning, a process that died or hung, something left behind, and
an event loop that stood still.

A gap in the event loop counts by what the window's threads worked in it, so that a busy machine is
not taken for a slow program. On a quiet one ask for --by own: then waits for a disk count, and
only the time in which the processor was given to others does not. With --by processor only what the
window's own thread worked counts. The log has all of these, and where the program was.

A log that shows a fault is done again with --replay, as far as --until says; --shorten leaves out
what is not needed for the fault of the last session, and says what remains.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path

from sessions import Session, read_log, run_session
from tally import Tally

LONGEST_SESSION = 2000


def main() -> int:
    """Run, print what was seen, and return 1 where something went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--actions", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=Path, default=Path("stage.jsonl"))
    parser.add_argument("--limit-ms", type=float, default=300.0, help="of a gap")
    parser.add_argument("--by", choices=("wall", "own", "threads", "processor"), default="threads")
    parser.add_argument("--replay", type=Path, help="do again what stands in this log")
    parser.add_argument("--until", type=int, help="with --replay: no further than this action")
    parser.add_argument("--shorten", action="store_true", help="with --replay: find what suffices")
    parser.add_argument("--session", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.session is not None:
        from play import play

        play(Session.from_json(options.session))
        return 0
    if options.shorten:
        from shorten import shorten

        return shorten(options)
    options.log.write_text("")
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="stage") as home:
        sessions = _again(options) if options.replay else _anew(options, tally)
        for session in sessions:
            tally.add(run_session(session, Path(home)))
    print(tally.told(f"{options.replay} again" if options.replay else f"seed {options.seed}"))
    return 1 if tally.faults else 0


def _anew(options: argparse.Namespace, tally: Tally):
    """Yield sessions of random lengths and ends until enough was done."""
    chance = random.Random(options.seed)
    number = 0
    while tally.actions < options.actions:
        number += 1
        left = options.actions - tally.actions
        yield Session(
            log=str(options.log.resolve()),
            number=number,
            first=tally.actions + 1,
            # One that the user closes at once is followed by another.
            actions=min(left, chance.randint(LONGEST_SESSION // 8, LONGEST_SESSION)),
            seed=options.seed,
            end=chance.choice(("close", "close", "term", "kill")),
            limit_ms=options.limit_ms,
            by=options.by,
        )


def _again(options: argparse.Namespace):
    """Yield the sessions of a log."""
    for session, acts in read_log(options.replay):
        known = [a for a in acts if options.until is None or a["n"] <= options.until]
        if known:
            with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
                file.writelines(json.dumps(act) + "\n" for act in known)
                file.flush()
                log = str(options.log.resolve())
                yield session.again(log, file.name, known[0]["n"], len(known), options)


if __name__ == "__main__":
    sys.exit(main())
