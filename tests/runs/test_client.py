"""The window's end of a run, without the process at the other one."""

from __future__ import annotations

from typing import cast

import pytest

from rnnviz.runs.client import WorkerClient
from rnnviz.runs.process import WorkerProcess


class QuickClient(WorkerClient):
    """One whose answer has come before `want_snapshot` goes on."""

    def __init__(self) -> None:
        super().__init__(cast(WorkerProcess, object()))

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name == "_wanted" and value:
            self._asked = False
        if name == "_wanted_glance" and value is not None:
            self._asked_glance = False


@pytest.mark.parametrize(
    ("want", "asked"), [("want_snapshot", "_asked"), ("want_glance", "_asked_glance")]
)
def test_an_answer_that_comes_at_once_does_not_leave_the_window_waiting(
    want: str, asked: str
) -> None:
    client = QuickClient()
    getattr(client, want)(*([frozenset()] if want == "want_glance" else []))
    assert not getattr(client, asked), "it would never ask again"
