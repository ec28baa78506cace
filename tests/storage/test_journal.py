"""A run's journal comes out of a file as it went in, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from safetensors import safe_open

from rnnviz.storage import StorageError, container, load_model
from rnnviz.training.configuration import Configuration
from rnnviz.training.state.journal import BestUsed, SettingChanged, StepFailed

from .models import assert_same, saved, small_trainer, spoil_part


def with_journal(folder: Path) -> Path:
    trainer = small_trainer()
    trainer.change("learning_rate", 0.05)
    for _ in range(6):
        trainer.step()
    trainer.state.use_best()
    trainer.state.journal.note(StepFailed(6, knew_no_other=True))
    trainer.step()
    return saved(folder, trainer.checkpoint())


def test_it_comes_out_as_it_went_in(tmp_path: Path) -> None:
    journal = load_model(with_journal(tmp_path)).journal
    assert journal is not None
    assert journal.entries == [
        SettingChanged(0, "learning_rate", 0.05), BestUsed(6), StepFailed(6, knew_no_other=True)
    ]  # fmt: skip
    assert journal.begun_with == small_trainer().configuration
    assert journal.first_step == 0


@pytest.mark.parametrize("by_drag", [False, True])
def test_a_drag_is_told_as_one_change_out_of_a_file_too(tmp_path: Path, by_drag: bool) -> None:
    trainer = small_trainer()
    for number, value in enumerate((0.05, 0.06, 0.07)):
        trainer.change("learning_rate", value, goes_on=by_drag and number > 0)
        trainer.step()
    path = saved(tmp_path, trainer.checkpoint())
    with safe_open(path, "numpy") as file:
        # Where there was none, older programs read it too.
        assert file.metadata()["format_version"] == ("5" if by_drag else "3")
    loaded = load_model(path)
    assert loaded.journal is not None
    assert [entry.goes_on for entry in loaded.journal.entries] == [False, by_drag, by_drag]  # type: ignore[union-attr]
    assert_same(loaded, trainer.checkpoint())


def of_journal(change: Callable[[dict[str, Any]], object]) -> Callable[[Any], object]:
    def of_training(training: dict[str, Any]) -> None:
        changed = change(training["journal"])
        if changed is not None and not callable(changed):
            training["journal"] = changed

    return of_training


def test_no_run_is_lost_because_its_journal_is_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "HEADER_LIMIT", 1 << 18)
    trainer = small_trainer()
    for number in range(3):
        trainer.step()
        trainer.change("prompt", f"{number} " + "the fox " * (1 << 14))
    trainer.change("prompt", "")
    loaded = load_model(saved(tmp_path, trainer.checkpoint()))
    assert loaded.journal is None
    assert_same(loaded, replace(trainer.checkpoint(), journal=None))


SPOILT: list[Callable[[dict[str, Any]], object]] = [
    lambda journal: [],
    lambda journal: journal.pop("entries") and None,
    lambda journal: journal.update(first_step=-1),
    lambda journal: journal.update(first_step=3),
    lambda journal: journal.update(first_step="0"),
    lambda journal: journal.update(entries={}),
    lambda journal: journal.update(begun_with=7),
    lambda journal: journal["begun_with"].update(cell="abacus"),
    lambda journal: journal["entries"].append({"what": "best weights used", "step": 8}),
    lambda journal: journal["entries"].append({"what": "best weights used", "step": 1}),
    lambda journal: journal["entries"].append({"what": "best weights used"}),
    lambda journal: journal["entries"].append({"what": "slept", "step": 7}),
    lambda journal: journal["entries"].append({"what": ["best weights used"], "step": 7}),
    lambda journal: journal["entries"].append(
        {"what": "best weights used", "step": 7, "name": "cell"}
    ),
    lambda journal: journal["entries"].append("best weights used"),
    lambda journal: journal["entries"][2].update(knew_no_other=1),
    lambda journal: journal["entries"][2].pop("knew_no_other") and None,
    lambda journal: journal["entries"][0].update(goes_on=1),
    lambda journal: journal["entries"][0].update(goes_on=False),
    lambda journal: journal["entries"][0].update(goes_on=True, more=True),
    lambda journal: journal["entries"][0].update(name="cell", value="gru"),
    lambda journal: journal["entries"][0].update(name="no_such_setting"),
    lambda journal: journal["entries"][0].update(name=["learning_rate"]),
    lambda journal: journal["entries"][0].update(value=-1.0),
    lambda journal: journal["entries"][0].update(value="much"),
]


@pytest.mark.parametrize("number", range(len(SPOILT)))
def test_what_is_no_journal_is_refused_in_a_sentence(tmp_path: Path, number: int) -> None:
    path = with_journal(tmp_path)
    spoil_part(path, "training", of_journal(SPOILT[number]))
    with pytest.raises(StorageError, match=r"^m\.rnnviz is damaged: .*\.$"):
        load_model(path)


def test_settings_are_checked_together_once_however_long_the_journal_is(tmp_path: Path) -> None:
    path, count = with_journal(tmp_path), 20_000
    entry = {"what": "setting changed", "step": 7, "name": "temperature", "value": 0.5}
    spoil_part(
        path, "training", lambda training: training["journal"]["entries"].extend([entry] * count)
    )
    made: list[None] = []
    with pytest.MonkeyPatch.context() as patch:
        check = Configuration.__post_init__

        def counted(self: Configuration) -> None:
            made.append(None)
            check(self)

        patch.setattr(Configuration, "__post_init__", counted)
        load_model(path)
    # To do it for each entry took 20 s for a hostile file of 27 MB.
    assert len(made) < 10


def test_with_settings_that_somebody_has_changed_it_is_not_this_runs_any_more(
    tmp_path: Path,
) -> None:
    path = with_journal(tmp_path)
    spoil_part(path, "configuration", lambda settings: settings.update(learning_rate=0.5))
    assert load_model(path).journal is None
