"""A new task is one file and its line in the registry: here it is both."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# Settings name the tasks there are when they are first imported, so this needs a process of its
# own, in which the line is added before anything else is looked at.
_SCRIPT = """
import sys
from pathlib import Path
import numpy as np
from rnnviz.data.tasks import TASKS
from rnnviz.data.tasks.task import Sequences, SymbolTask

class Echo(SymbolTask):
    name, title = "echo", "Echo"
    description = "Two symbols are shown, and named again at the end."
    question = "What was the beginning?"
    symbols, answers = ("x", "y", "-"), ("x", "y")
    shortest, chance = 4, float(np.log(2))

    def matters(self, label):
        return label != "-"

    def answered_steps(self, sequence_length):
        return 2

    def draw(self, rng, sequence_length, batch_size):
        inputs = np.full((sequence_length, batch_size), 2)
        inputs[:2] = rng.integers(0, 2, (2, batch_size))
        return Sequences(inputs, inputs[:2].copy())

    def right_answers(self, inputs):
        return inputs[:2].copy()

TASKS["echo"] = Echo()

from rnnviz.cli import main
from rnnviz.diagnostics.gradient_report import Verdict, check
from rnnviz.storage import load_model
from rnnviz.training.commands import Resume, TakeStep
from rnnviz.training.configuration import SETTINGS
from rnnviz.training.observation.diagnostics.answers import ANSWERS
from rnnviz.training.observation.diagnostics.credit import CREDIT
from rnnviz.training.session import Session

assert SETTINGS["corpus"].choices["echo"] == "Task: echo"
path = Path(sys.argv[1])
settings = "--corpus echo --hidden-size 8 --sequence-length 6 --batch-size 8".split()
assert main(["train", *settings, "--steps", "300", "--out", str(path)]) == 0
assert main(["info", str(path)]) == 0
session = Session()
session.apply(Resume(load_model(path)))
session.apply(TakeStep())
snapshot = session.snapshot()
assert snapshot.step == 301
assert snapshot.smoothed_loss < 0.9 * Echo.chance
assert [answer.step for answer in snapshot.get(ANSWERS)] == [4, 5]
assert snapshot.get(CREDIT).size == 6
assert check(session.check_subject()).verdict is Verdict.AGREES
"""


def test_a_new_task_is_trained_saved_opened_and_looked_at_with_no_other_edit(
    tmp_path: Path,
) -> None:
    result = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(tmp_path / "m.rnnviz")],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    assert "Echo" in result.stdout
