"""The script of a step recomputes every number with NumPy alone, and notices each that is wrong."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rnnviz.diagnostics.one_step.record import record_step
from rnnviz.storage.one_step.as_json import step_values
from rnnviz.storage.one_step.as_script import as_script
from rnnviz.storage.one_step.python_code import WIDTH, folded

from ...diagnostics.one_step.subjects import Kind, all_kinds, draw_subject

EVERYTHING = Kind(
    layers=2, residual=True, dropout=True, batch=2, asked=2, clip_mode="norm", clip_threshold=0.1
)
# What tells of the step, and is no number of it.
ABOUT = {
    "step", "title", "cell", "activation", "num_layers", "hidden_size", "residual",
    "sequence_length", "batch_size", "optimizer", "clip_mode", "tokens", "answers", "equations",
}  # fmt: skip


def run(script: str) -> None:
    exec(compile(script, "script.py", "exec"), {"__name__": "script"})


def code_of(script: str) -> str:
    """Return a script without its numbers."""
    return re.sub(r'(?s)r""".*"""', '"..."', script)


@settings(max_examples=15, deadline=None)
@given(kind=all_kinds())
@example(kind=replace(EVERYTHING, optimizer="momentum"))
@example(kind=replace(EVERYTHING, optimizer="adagrad", cell=("vanilla", "relu"), clip_mode="none"))
@example(kind=replace(EVERYTHING, optimizer="rmsprop", cell=("gru", "tanh"), layers=3))
@example(kind=replace(EVERYTHING, optimizer="adam", cell=("lstm", "tanh"), clip_mode="value"))
@example(kind=replace(EVERYTHING, loss="squared_error", reads_numbers=True))
def test_every_step_is_recomputed(kind: Kind) -> None:
    with np.errstate(all="ignore"):
        run(as_script(record_step(draw_subject(kind))))


def only_numpy(folder: Path) -> Path:
    """Make a folder in which a Python finds NumPy and nothing else that was installed."""
    site = Path(np.__file__).parents[1]
    for name in ("numpy", "numpy.libs"):
        if (site / name).exists():
            (folder / name).symlink_to(site / name, target_is_directory=True)
    return folder


def run_apart(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own, which finds only NumPy."""
    path = folder / "step.py"
    path.write_text(script, encoding="utf-8")
    start = f"import sys; sys.path.append({str(folder)!r}); exec(open({str(path)!r}).read())"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", start], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("cell", ["vanilla", "lstm", "gru"])
def test_it_needs_nothing_but_numpy(cell: str, tmp_path: Path) -> None:
    record = record_step(draw_subject(replace(EVERYTHING, cell=(cell, "tanh"))))
    folder = only_numpy(tmp_path)
    done = run_apart(as_script(record), folder)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"[\d,]+ numbers agree\.\n", done.stdout)
    assert "No module" in run_apart("import safetensors", folder).stderr


def test_one_wrong_number_is_named(tmp_path: Path) -> None:
    record = record_step(draw_subject(Kind(seed=3)))
    script = as_script(record)
    number = repr(float(record.forward[1].layers[0]["h"][0, 2]))
    assert script.count(number) == 1
    wrong = script.replace(number, repr(float(number) * (1 + 1e-7)))
    done = run_apart(wrong, only_numpy(tmp_path))
    assert done.returncode == 1
    assert done.stderr.endswith("AssertionError: not as shown: h, t = 2\n")


def numbers_in(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Go through the ways to all the numbers in lists and dicts."""
    if isinstance(value, list | dict):
        keys = value if isinstance(value, dict) else range(len(value))
        for key in keys:
            yield from numbers_in(value[key], (*way, key))
    elif isinstance(value, float) and value:
        yield way


def altered(script: str, values: dict[str, Any], key: str, rng: np.random.Generator) -> str:
    """Return a script in which one number under a key is another one; "" where all are zero."""
    changed = json.loads(json.dumps(values))
    ways = [way for way in numbers_in(changed[key]) if way[-1:] != ("epsilon",)]
    if not ways:
        return ""
    way = (key, *ways[rng.integers(len(ways))])
    inner = changed
    for step in way[:-1]:
        inner = inner[step]
    inner[way[-1]] *= 1 + 1e-6
    return re.sub(r'(?s)r""".*"""', lambda _: f'r"""{json.dumps(changed)}"""', script)


@pytest.mark.parametrize(
    "kind",
    [
        replace(Kind(), clip_mode="norm", clip_threshold=0.01, optimizer="adagrad"),
        replace(EVERYTHING, optimizer="adam", cell=("lstm", "tanh"), seed=1),
        replace(EVERYTHING, optimizer="rmsprop", cell=("gru", "tanh"), seed=2),
        replace(EVERYTHING, optimizer="momentum", loss="squared_error", reads_numbers=True),
    ],
)
def test_any_number_that_is_altered_is_noticed(kind: Kind) -> None:
    record = record_step(draw_subject(kind))
    script, values = as_script(record), json.loads(json.dumps(step_values(record)))
    rng, tried = np.random.default_rng(0), 0
    for key in sorted(values.keys() - ABOUT):
        wrong = altered(script, values, key, rng)
        if wrong:
            tried += 1
            with pytest.raises(AssertionError, match="not as shown"):
                run(wrong)
    assert tried > 30


def test_a_vanilla_step_is_a_page_of_code() -> None:
    script = code_of(as_script(record_step(draw_subject(Kind()))))
    lines = [line for line in script.splitlines() if line.strip()]
    assert len(lines) <= 86
    assert "        a[t] = b1 + W1 @ h[t - 1] + U1 @ x[t]" in lines
    assert "        da[t] = slope[t] * dh[t]" in lines
    imported = {
        alias.name
        for node in ast.walk(ast.parse(script))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert imported == {"json", "numpy"}


def test_a_title_cannot_end_the_heading() -> None:
    subject = replace(draw_subject(Kind()), title='a """ b \\" \n c')
    with np.errstate(all="ignore"):
        run(as_script(record_step(subject)))


@given(st.lists(st.sampled_from(["abc", "(", ")", " + ", "[t]", "f(x, y)"]), max_size=60))
def test_long_lines_are_broken_into_the_same_code(parts: list[str]) -> None:
    line = "    name = " + "".join(parts)
    try:
        whole = ast.dump(ast.parse(line.strip()))
    except SyntaxError:
        return
    broken = folded(line)
    assert ast.dump(ast.parse(broken.lstrip())) == whole
    for one in broken.splitlines():
        assert len(one) <= WIDTH or " " not in one.strip()[:WIDTH]
