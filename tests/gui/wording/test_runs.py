"""What a run is called."""

from __future__ import annotations

import pytest

from rnnviz.gui.wording.runs import run_name
from rnnviz.training.configuration import Configuration


@pytest.mark.parametrize(
    ("configuration", "name"),
    [
        (Configuration(), "vanilla RNN, 100 units"),
        (Configuration(cell="lstm", hidden_size=1), "LSTM, 1 unit"),
        (Configuration(cell="gru", hidden_size=1024, num_layers=2), "GRU, 2 layers of 1,024 units"),
    ],
)
def test_it_is_called_after_its_cell_and_size(configuration: Configuration, name: str) -> None:
    assert run_name(configuration) == name
