"""Every page of a lesson can be done as its "Show me" does it, and what it says is so."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from rnnviz.training.experiments import SEEDS
from rnnviz.training.lessons import Lesson, load_lessons, read_lesson
from rnnviz.training.lessons.trial import try_lesson

from ...benchmarks.lessons import as_table

LESSONS, _ = load_lessons(None)

OWN = """
title = "Mine"
about = "For a trial."
order = 1

[[pages]]
heading = "One"
text = "Text."
[pages.settings]
corpus = "temporal-order"
sequence_length = 8
hidden_size = 4
validation_interval = 0
[[pages.claims]]
quantity = "steps"
step = 12
above = 11
[pages.todo]
say = "Do it."
quantity = "steps"
above = 6.5
show_me = { train = 20 }

[[pages]]
heading = "Two"
text = "Text."
[[pages.claims]]
quantity = "loss"
step = 15
above = 100
[pages.todo]
say = "Say it."
quantity = "guess_loss"
within = 0.1

[[pages]]
heading = "Three"
text = "Text."
[pages.todo]
say = "Do it."
quantity = "steps"
above = 99
show_me = { train = 20 }

[[pages]]
heading = "Four"
text = "Text."
[pages.todo]
say = "Set it."
setting = "learning_rate"
above = 0.5
show_me = { change = { learning_rate = 1 } }

[[pages]]
heading = "Five"
text = "Text."
[[pages.rivals]]
name = "small"
settings = { hidden_size = 2 }
[[pages.rivals]]
name = "large"
settings = { hidden_size = 3 }
[pages.todo]
say = "Train."
quantity = "steps"
above = 4.5
run = "large"
show_me = { train = 5 }

[[pages]]
heading = "Six"
text = "Text."
"""


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    path = tmp_path / "mine.toml"
    path.write_text(OWN)
    return read_lesson(path, None)


def test_each_page_is_done_in_as_many_steps_as_it_takes_or_not_at_all(lesson):
    trials = try_lesson(lesson, seed=3)
    assert [trial.page for trial in trials] == list(lesson.pages)
    assert [trial.steps for trial in trials] == [7, 0, None, 0, 5, 0]


def test_claims_are_measured_at_their_steps_though_a_page_is_done_sooner(lesson):
    first, second, *_ = try_lesson(lesson, seed=3)
    ((_, finding),) = first.findings
    assert (finding.measured, finding.holds) == (12, True)
    ((_, finding),) = second.findings
    assert math.isfinite(finding.measured)
    assert not finding.holds
    assert [first.holds, second.holds] == [True, False]


def test_what_was_found_is_told_with_the_steps_that_it_took(lesson):
    table = as_table(lesson, [try_lesson(lesson, seed) for seed in (1, 2)])
    assert "| mine | 1. One | done after at most 7 of 20 steps | 2 of 2 |" in table
    assert "| mine | 3. Three | done after at most 0 of 20 steps | 0 of 2 |" in table
    assert "| mine | 2. Two | after 15 steps the loss, " in table


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_every_page_can_be_done_and_what_it_says_is_so_with_five_seeds(lesson: Lesson):
    trials = [try_lesson(lesson, seed) for seed in range(1, SEEDS + 1)]
    assert all(trial.holds for of_seed in trials for trial in of_seed), as_table(lesson, trials)
