"""Shared memory is given back, and in silence, whoever is killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rnnviz.runs.shared_memory import attached, give_back_named, new_memory

MEMORY = Path("/dev/shm")

pytestmark = pytest.mark.skipif(not MEMORY.is_dir(), reason="shared memory is no file here")

KILLED = """
import os, signal
from rnnviz.runs.shared_memory import new_memory

memory = new_memory(10)
print(memory.name, os.environ.get("PYTHONWARNINGS"), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("warnings", [None, "always::DeprecationWarning"])
def test_what_one_leaves_who_is_killed_is_given_back_without_a_word(warnings: str | None) -> None:
    environment = {name: os.environ[name] for name in os.environ if name != "PYTHONWARNINGS"}
    if warnings is not None:
        environment["PYTHONWARNINGS"] = warnings
    done = subprocess.run(
        [sys.executable, "-c", KILLED],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == -signal.SIGKILL
    name, shown = done.stdout.split()
    assert shown == str(warnings), "what a person has set stays"
    assert done.stderr == ""
    assert not (MEMORY / name).exists()


def test_of_who_died_early_there_is_nothing_to_give_back_or_a_name_alone() -> None:
    name = f"rnnviz_{os.getpid()}_early"
    give_back_named(name)
    (MEMORY / name).touch()
    give_back_named(name)
    assert not (MEMORY / name).exists()


def test_memory_is_gone_when_it_is_given_back_by_its_name() -> None:
    memory = new_memory(10)
    give_back_named(memory.name)
    with pytest.raises(FileNotFoundError):
        attached(memory.name)
    memory.close()
