"""What runs are called."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rnnviz.gui.wording.runs import run_name, run_names
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


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        (({}, {"cell": "lstm"}), ["vanilla RNN", "LSTM"]),
        (
            ({}, {"cell": "lstm", "hidden_size": 64}),
            ["vanilla RNN, 100 units", "LSTM, 64 units"],
        ),
        (
            ({}, {"clip_mode": "none"}),
            ["clip gradients norm", "clip gradients none"],
        ),
        (({"clip_threshold": 1.0}, {}), ["threshold 1", "threshold 100"]),
        (
            ({"clip_threshold": 1.0}, {}, {"clip_mode": "none"}),
            [
                "clip gradients norm, threshold 1",
                "clip gradients norm, threshold 100",
                "clip gradients none",
            ],
        ),
        (({}, {"sequence_length": 5}), ["sequence length 25", "sequence length 5"]),
        (({}, {"num_layers": 2}), ["1 layer", "2 layers"]),
        (
            ({}, {"cell": "lstm"}, {"cell": "lstm", "num_layers": 2}),
            ["vanilla RNN", "LSTM", "LSTM, 2 layers"],
        ),
        (
            (
                {},
                {"cell": "lstm", "num_layers": 2},
                {"hidden_size": 50},
                {"learning_rate": 0.03},
            ),
            [
                "vanilla RNN, 100 units, learning rate 0.1",
                "LSTM, 2 layers, 100 units",
                "vanilla RNN, 50 units",
                "vanilla RNN, 100 units, learning rate 0.03",
            ],
        ),
        (({}, {}), ["vanilla RNN, 100 units (1)", "vanilla RNN, 100 units (2)"]),
        (({}, {"corpus": "sums"}), ["Tales", "Sums"]),
        (
            ({"corpus": "file", "text_file": "/home/me/own.txt"}, {"cell": "gru"}),
            ["own.txt, vanilla RNN", "Tales, GRU"],
        ),
        (
            (
                {"corpus": "file", "text_file": "C:\\me\\one.txt"},
                {"corpus": "file", "text_file": "two.txt"},
            ),
            ["one.txt", "two.txt"],
        ),
        (
            ({"watched_text": "the king"}, {}),
            ["vanilla RNN, 100 units (1)", "vanilla RNN, 100 units (2)"],
        ),
        (({}, {"temperature": 1.0}), ["vanilla RNN, 100 units (1)", "vanilla RNN, 100 units (2)"]),
        (({},), ["vanilla RNN, 100 units"]),
    ],
)
def test_rivals_are_called_after_what_tells_them_apart(
    changes: tuple[dict[str, object], ...], names: list[str]
) -> None:
    assert run_names([replace(Configuration(), **one) for one in changes]) == names


def test_no_two_have_the_same_name() -> None:
    many = [
        Configuration(cell=cell, seed=seed, hidden_size=size, learning_rate=rate)
        for cell in ("vanilla", "lstm")
        for seed in (1, 2)
        for size in (4, 5)
        for rate in (0.1, 0.2)
    ]
    assert len(set(run_names(many))) == len(many)


def test_a_branch_is_called_after_its_fork_and_what_was_changed_since() -> None:
    origin = Configuration(clip_mode="norm")
    clipped = origin.with_value("clip_threshold", 1.0)
    titles = ["", "Branch at step 50", "Branch at step 50"]
    assert run_names([origin, clipped, origin], titles) == [
        "threshold 100",
        "Branch at step 50, threshold 1",
        "Branch at step 50, threshold 100",
    ]
    assert run_names([origin, origin, origin], titles) == [
        "vanilla RNN, 100 units",
        "Branch at step 50 (1)",
        "Branch at step 50 (2)",
    ]
