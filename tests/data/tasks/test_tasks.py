"""The long-memory tasks: each sequence has the answer that its definition gives it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.data import TASKS, DataError, Task, TaskDataset, TaskReader, held_out

SEEDS = st.integers(0, 2**32 - 1)
LENGTHS = st.integers(1, 120)
by_name = pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@given(seed=SEEDS, length=LENGTHS)
def test_temporal_order_asks_for_the_two_letters_in_their_order(seed: int, length: int) -> None:
    task = TASKS["temporal-order"]
    length = max(length, task.shortest)
    drawn = task.draw(rng(seed), length, 7)
    assert (drawn.inputs.shape, drawn.targets.shape) == ((length, 7), (1, 7))
    for stream in range(7):
        symbols = task.input_labels(drawn.inputs[:, stream])
        places = [place for place, symbol in enumerate(symbols) if symbol in "AB"]
        assert set(symbols) <= set("cdefAB")
        assert "".join(symbols[place] for place in places) == task.answers[drawn.targets[0, stream]]
        first, second = places
        assert math.floor(0.1 * length) <= first <= 0.2 * length + 1e-9
        assert math.floor(0.4 * length) <= second <= 0.5 * length + 1e-9


@given(seed=SEEDS, length=LENGTHS)
def test_adding_asks_for_the_sum_of_one_number_of_each_half(seed: int, length: int) -> None:
    task = TASKS["adding"]
    length = max(length, task.shortest)
    drawn = task.draw(rng(seed), length, 7)
    assert (drawn.inputs.shape, drawn.targets.shape) == ((length, 7, 2), (1, 7, 1))
    numbers, marks = drawn.inputs[..., 0], drawn.inputs[..., 1]
    assert set(np.unique(marks)) <= {0.0, 1.0}
    assert (marks[: length // 2].sum(axis=0) == 1).all()
    assert (marks[length // 2 :].sum(axis=0) == 1).all()
    assert np.allclose((numbers * marks).sum(axis=0), drawn.targets[0, :, 0])


@given(seed=SEEDS, length=LENGTHS)
def test_copying_asks_for_the_ten_symbols_after_the_signal(seed: int, length: int) -> None:
    task = TASKS["copying"]
    length = max(length, task.shortest)
    drawn = task.draw(rng(seed), length, 5)
    for stream in range(5):
        text = "".join(task.input_labels(drawn.inputs[:, stream]))
        answer = "".join(task.answers[index] for index in drawn.targets[:, stream])
        blank = task.symbols[8]
        assert text == answer + blank * (length - 21) + "?" + blank * 10
        assert len(drawn.targets) == task.answered_steps(length) == 10


def test_who_always_says_one_has_the_error_of_chance_in_adding() -> None:
    task = TASKS["adding"]
    targets = task.draw(rng(0), 30, 40_000).targets
    assert task.chance == pytest.approx(((targets - 1) ** 2).mean(), rel=0.02)


@pytest.mark.parametrize("name", ["temporal-order", "copying"])
def test_the_answers_of_the_others_are_evenly_likely(name: str) -> None:
    task = TASKS[name]
    counts = np.bincount(task.draw(rng(0), 40, 20_000).targets.reshape(-1))
    assert task.chance == pytest.approx(math.log(len(counts)))
    assert counts / counts.sum() == pytest.approx(1 / len(counts), abs=0.02)


def outputs_that_are_right(task: Task, targets: np.ndarray) -> np.ndarray:
    return targets if task.reads_numbers else np.eye(len(task.answers))[targets]


@by_name
def test_right_answers_are_right_and_one_wrong_step_is_wrong(task: Task) -> None:
    targets = task.draw(rng(1), 40, 6).targets
    outputs = outputs_that_are_right(task, targets).astype(float)
    assert not task.are_wrong(outputs, targets).any()
    outputs[0, 3] = outputs[0, 3, ::-1] + 0.1 if task.reads_numbers else 1 - outputs[0, 3]
    assert task.are_wrong(outputs, targets).tolist() == [n == 3 for n in range(6)]


@by_name
def test_what_is_not_a_number_is_no_answer(task: Task) -> None:
    targets = np.zeros_like(task.draw(rng(1), 40, 3).targets)
    outputs = outputs_that_are_right(task, targets).astype(float)
    # NumPy finds the largest of numbers that are none at the first place, which is right here.
    outputs[0, 1] = math.nan
    assert task.are_wrong(outputs, targets).tolist() == [False, True, False]


def test_a_sum_may_be_off_by_four_hundredths_and_nan_is_wrong() -> None:
    task, targets = TASKS["adding"], np.ones((1, 4, 1))
    outputs = np.array([1.039, 0.961, 1.041, math.nan]).reshape(1, 4, 1)
    assert task.are_wrong(outputs, targets).tolist() == [False, False, True, True]


@by_name
def test_a_length_at_which_it_cannot_be_asked_is_refused(task: Task) -> None:
    drawn = TaskReader(task, sequence_length=task.shortest, batch_size=2, seed=1).next_window()
    assert len(drawn.inputs) == task.shortest
    with pytest.raises(DataError, match=f"at least {task.shortest}, not {task.shortest - 1}"):
        TaskReader(task, sequence_length=task.shortest - 1, batch_size=2, seed=1)


@by_name
def test_windows_follow_from_the_seed_and_their_number_alone(task: Task) -> None:
    def new(seed: int) -> TaskReader:
        return TaskReader(task, sequence_length=25, batch_size=3, seed=seed)

    reader, other = new(5), new(6)
    windows = [reader.next_window() for _ in range(4)]
    assert all(window.starts_epoch for window in windows)
    assert not np.array_equal(windows[0].inputs, windows[1].inputs)
    assert not np.array_equal(windows[0].inputs, other.next_window().inputs)
    again = new(5)
    again.restore(reader.epoch, 2)
    assert np.array_equal(again.peek_window().inputs, windows[2].inputs)
    assert np.array_equal(again.next_window().targets, windows[2].targets)
    assert again.resized(batch_size=9).position == 3


@pytest.mark.parametrize("place", [(1, 0), (-1, 0), (0, -1)])
def test_a_place_that_is_none_is_refused(place: tuple[int, int]) -> None:
    reader = TaskReader(TASKS["adding"], sequence_length=25, batch_size=3, seed=1)
    with pytest.raises(DataError, match="is not a number of windows"):
        reader.restore(*place)
    assert (reader.epoch, reader.position) == (0, 0)


@by_name
def test_held_out_sequences_are_the_same_for_all_and_none_that_were_trained_on(task: Task) -> None:
    first, again = (held_out(task, 30, 0, 50) for _ in range(2))
    assert np.array_equal(first.inputs, again.inputs)
    assert not np.array_equal(first.inputs, held_out(task, 30, 1, 50).inputs)
    reader = TaskReader(task, sequence_length=30, batch_size=50, seed=0)
    assert not np.array_equal(first.inputs, reader.next_window().inputs)


# Sums of drawn numbers tell generators apart: it is asked at every length from 2 on.
@pytest.mark.parametrize("seed", [*range(8), 4 + 2 * 2**32, 2**64 + 4])
@pytest.mark.parametrize("length", range(2, 8))
def test_no_held_out_sequences_are_drawn_as_any_to_train_on(seed: int, length: int) -> None:
    task = TASKS["adding"]
    reader = TaskReader(task, sequence_length=length, batch_size=5, seed=seed)
    trained_on = [reader.next_window().inputs for _ in range(8)]
    for number in range(8):
        tested = held_out(task, length, number, 5).inputs
        assert not any(np.array_equal(tested, inputs) for inputs in trained_on)


@by_name
def test_a_saved_run_goes_on_with_the_sequences_that_would_have_come_next(task: Task) -> None:
    """Files hold a seed and a position: what is drawn for them must stay what it was."""
    reader = TaskReader(task, sequence_length=30, batch_size=3, seed=7)
    reader.restore(0, 12)
    expected = task.draw(np.random.default_rng([7, 3, 12]), 30, 3)
    assert np.array_equal(reader.next_window().inputs, expected.inputs)


@by_name
def test_a_fingerprint_is_a_tasks_own(task: Task) -> None:
    others = {TaskDataset(other).fingerprint for other in TASKS.values()}
    assert TaskDataset(task).fingerprint in others
    assert len(others) == len(TASKS)


@by_name
def test_what_it_shows_and_wants_can_be_read(task: Task) -> None:
    dataset = TaskDataset(task)
    drawn = task.draw(rng(2), 30, 1)
    assert len(dataset.input_labels(drawn.inputs[:, 0])) == 30
    labels = dataset.target_labels(drawn.targets[:, 0])
    assert len(labels) == task.answered_steps(30)
    if task.reads_numbers:
        assert sum(label.endswith("*") for label in dataset.input_labels(drawn.inputs[:, 0])) == 2


@by_name
@given(seed=SEEDS, length=LENGTHS)
def test_what_matters_to_the_answer_is_what_it_is_made_of(
    task: Task, seed: int, length: int
) -> None:
    length = max(length, task.shortest)
    drawn = task.draw(rng(seed), length, 1)
    labels = task.input_labels(drawn.inputs[:, 0])
    kept = [label for label in labels if task.matters(label)]
    if task.name == "adding":
        assert len(kept) == 2
        total = sum(float(label.removesuffix("*")) for label in kept)
        assert total == pytest.approx(drawn.targets[0, 0, 0], abs=0.011)
    elif task.name == "copying":
        answer = [task.answers[index] for index in drawn.targets[:, 0]]
        assert kept == [*answer, "?"]
    elif task.name == "temporal-order":
        assert "".join(kept) == task.answers[drawn.targets[0, 0]]


@by_name
@given(seed=SEEDS, length=LENGTHS)
def test_whatever_does_not_matter_can_change_places_without_another_answer(
    task: Task, seed: int, length: int
) -> None:
    drawn = task.draw(rng(seed), max(length, task.shortest), 1)
    matters = [task.matters(label) for label in task.input_labels(drawn.inputs[:, 0])]
    distractors = np.flatnonzero(~np.array(matters))
    inputs = drawn.inputs.copy()
    inputs[distractors] = inputs[rng(seed).permutation(distractors)]
    assert np.array_equal(task.right_answers(inputs), task.right_answers(drawn.inputs))


def test_every_task_names_its_question_and_the_unit_of_its_loss() -> None:
    units = {task.name: task.loss_unit for task in TASKS.values()}
    known = {
        "temporal-order": "nats per answer",
        "adding": "squared error",
        "copying": "nats per answer",
    }
    assert units.items() >= known.items()
    assert set(units.values()) <= set(known.values())
    assert all(task.question.endswith("?") for task in TASKS.values())


@by_name
@given(seed=SEEDS, length=LENGTHS)
def test_a_sequence_that_is_written_down_is_read_again_with_its_answer(
    task: Task, seed: int, length: int
) -> None:
    drawn = task.draw(rng(seed), max(length, task.shortest), 3)
    dataset = TaskDataset(task)
    for stream in range(3):
        inputs, targets = drawn.inputs[:, stream], drawn.targets[:, stream]
        labels = task.input_labels(inputs)
        read = task.read(task.written("character", labels, dataset.target_labels(targets)))
        assert task.input_labels(read[:, 0]) == labels
        # Of numbers as many digits are written as are shown.
        within = 0.005 if task.reads_numbers else 0
        np.testing.assert_allclose(read[:, 0], inputs, rtol=0, atol=within + 1e-12)
        answers = task.right_answers(read)
        assert answers.shape == (len(targets), 1, *targets.shape[1:])
        np.testing.assert_allclose(answers[:, 0], targets, rtol=0, atol=2 * within + 1e-12)


@by_name
@given(seed=SEEDS)
def test_the_right_answers_are_those_of_the_sequences_that_are_drawn(task: Task, seed: int) -> None:
    drawn = task.draw(rng(seed), 30, 4)
    np.testing.assert_allclose(task.right_answers(drawn.inputs), drawn.targets, rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("temporal-order", "the quick brown fox", "written in c d e f A B alone"),
        ("temporal-order", "cdefAcdef", "two letters are A or B"),
        ("adding", "0.5 0.2* 3 0.1*", "numbers from 0 to 1"),
        ("adding", "0.5 0.2* x 0.1*", "numbers from 0 to 1"),
        ("adding", "0.5 nan* 0.1*", "numbers from 0 to 1"),
        ("adding", "0.5 0.2* 0.1", "2 numbers are marked"),
        ("copying", "abcdefgha··?··········", "10 symbols of abcdefgh"),
        ("copying", "abcdefghab·c?··········", "10 symbols of abcdefgh"),
    ],
)
def test_what_is_no_sequence_of_a_task_is_refused(name: str, text: str, sentence: str) -> None:
    task = TASKS[name]
    with pytest.raises(DataError, match=sentence) as caught:
        task.right_answers(task.read(text))
    assert str(caught.value).endswith(".")
