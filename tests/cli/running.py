"""Runs the program as a person does."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import IO

RNNVIZ = [sys.executable, "-m", "rnnviz"]


def run_rnnviz(
    *words: str, stdout: int | IO[str] = subprocess.PIPE, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*RNNVIZ, *words],
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, **(environment or {})},
        text=True,
        timeout=60,
        check=False,
    )
