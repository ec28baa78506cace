"""A model file names its text and no folder; the text is found again where it is the same."""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path

import pytest

from rnnviz.data import DataError
from rnnviz.storage import load_model, save_model
from rnnviz.storage import text_memory as memory
from rnnviz.training.commands import Change, NewRun, Reset, Restart, Resume, TakeStep, Train
from rnnviz.training.configuration import Configuration
from rnnviz.training.loading import opened_trainer, resumed_trainer
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState
from rnnviz.training.state.bits import same_bits
from rnnviz.training.state.checkpoint import Checkpoint
from rnnviz.training.state.origin import Origin

from ..training.helpers import own_text, small, text_of
from .models import saved, small_checkpoint, spoil_part

SECRET = "somebody-and-nobody-else"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where somebody has a text, and nothing else."""
    folder = tmp_path / SECRET / "texts"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def session(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Return a run on a text of somebody's, with a past, a journal and the runs that it left."""
    monkeypatch.setattr("rnnviz.training.past.kept_states._steps_to_go", lambda *_: 1)
    session = Session()
    session.apply(NewRun(own_text(folder)))
    session.apply(Change("learning_rate", 0.02))
    train(session, 12)
    session.apply(Change("temperature", 0.5))
    left = dataclasses.replace(session.checkpoint(with_past=True), origins=(Origin(3, "LSTM"),))
    session.apply(Resume(left))
    train(session, 5)
    return session


@pytest.fixture
def model(session: Session, tmp_path: Path) -> Path:
    return saved(tmp_path, session.checkpoint(with_past=True))


def train(session: Session, steps: int) -> None:
    session.apply(Train(steps))
    while session.state is RunState.RUNNING:
        session.advance(look=False)


def forget() -> None:
    shutil.rmtree(memory.home(), ignore_errors=True)


def text_of_model(model: Path) -> str:
    return opened_trainer(load_model(model)).configuration.text_file


def with_path(model: Path, path: Path | str) -> None:
    """Have the file name a whole path, as files did that were written before."""

    def in_journal(training: dict) -> None:
        training["journal"]["begun_with"]["text_file"] = str(path)

    spoil_part(model, "configuration", lambda settings: settings.update(text_file=str(path)))
    spoil_part(model, "training", in_journal)


def sentence_of(model: Path) -> str:
    trainer = opened_trainer(load_model(model))
    assert not trainer.dataset.can_train
    return trainer.dataset.notices[-1]


# -- what a file holds ----------------------------------------------------------------------------


def test_a_file_holds_the_name_of_its_text_and_no_folder(session: Session, model: Path) -> None:
    checkpoint = session.checkpoint(with_past=True)
    assert len(checkpoint.past) > 8
    assert checkpoint.origins
    assert checkpoint.journal is not None
    assert SECRET in checkpoint.journal.begun_with.text_file
    content = model.read_bytes()
    assert SECRET.encode() not in content
    assert b"/texts" not in content
    read = load_model(model)
    every = [one.configuration for one in (read, *read.past)]
    every += [one.journal.begun_with for one in (read, *read.past)]
    assert {one.text_file for one in every} == {"text.txt"}


def test_nor_does_one_of_a_step_of_the_past_or_of_another_corpus(
    session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "m.rnnviz"
    save_model(path, session.checkpoint(with_past=True).past[2])
    assert SECRET.encode() not in path.read_bytes()
    # The settings remember which text there was before.
    session.apply(Restart((("corpus", "tales"),)))
    assert SECRET in session.trainer.configuration.text_file
    save_model(path, session.checkpoint())
    assert SECRET.encode() not in path.read_bytes()
    assert memory.last_read(session.checkpoint().fingerprint) == ""


@pytest.mark.parametrize("place", ["/home/{}/book.txt", "C:\\Users\\{}\\book.txt", "{}\\book.txt"])
def test_a_path_of_any_system_loses_its_folders(tmp_path: Path, place: str) -> None:
    checkpoint = small_checkpoint()
    named = checkpoint.configuration.with_value("text_file", place.format(SECRET))
    path = saved(tmp_path, dataclasses.replace(checkpoint, configuration=named))
    assert SECRET.encode() not in path.read_bytes()
    assert load_model(path).configuration.text_file == "book.txt"


def test_a_path_that_names_no_file_is_refused(model: Path) -> None:
    spoil_part(model, "configuration", lambda settings: settings.update(text_file="/"))
    with pytest.raises(Exception, match=r"m\.rnnviz is damaged: your own text needs a file"):
        load_model(model)


def test_it_is_written_as_it_was_read(model: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.rnnviz"
    save_model(again, load_model(model))
    assert again.read_bytes() == model.read_bytes()


def test_it_is_written_as_it_was_read_once_its_text_is_found(model: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.rnnviz"
    session = Session()
    session.apply(Resume(load_model(model)))
    assert Path(session.trainer.configuration.text_file).is_absolute()
    save_model(again, session.checkpoint(with_past=True))
    assert again.read_bytes() == model.read_bytes()


# -- where its text is found ----------------------------------------------------------------------


def test_it_is_found_where_this_computer_read_it_last(
    session: Session, model: Path, folder: Path
) -> None:
    opened = Session()
    opened.apply(Resume(load_model(model)))
    assert opened.trainer.configuration == session.trainer.configuration
    assert same_bits(opened.checkpoint(with_past=True), session.checkpoint(with_past=True))
    for one in (session, opened):
        one.apply(TakeStep())
    assert opened.trainer.state.last_loss == session.trainer.state.last_loss


def test_it_is_found_beside_the_model(model: Path, folder: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    (folder / "text.txt").rename(text)
    assert text_of_model(model) == str(text)
    # From then on it is known where it stands, even if the model is moved.
    save_model(model, opened_trainer(load_model(model)).checkpoint())
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    model.rename(moved / model.name)
    assert text_of_model(moved / model.name) == str(text)


def test_it_is_found_beside_a_model_that_comes_from_another_computer(
    model: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget()
    (folder / "text.txt").rename(tmp_path / "text.txt")
    monkeypatch.chdir(tmp_path)
    assert text_of_model(Path(model.name)) == str(tmp_path / "text.txt")


def test_what_has_only_its_name_is_not_taken_for_it(
    model: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "text.txt").unlink()
    (tmp_path / "text.txt").write_text(text_of(700, seed=5), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert sentence_of(model).startswith("The text that the model was trained on, text.txt, is ")


def test_one_that_was_written_on_where_it_stands_is_gone_on_with(model: Path, folder: Path) -> None:
    (folder / "text.txt").write_text(text_of(900, seed=5), encoding="utf-8")
    trainer = opened_trainer(load_model(model))
    assert trainer.dataset.can_train
    assert "not the one that the model was last trained on" in trainer.dataset.notices[-1]


def test_rather_than_one_that_was_written_on_the_same_is_taken(
    model: Path, folder: Path, tmp_path: Path
) -> None:
    shutil.copy(folder / "text.txt", tmp_path)
    (folder / "text.txt").write_text(text_of(900, seed=5), encoding="utf-8")
    assert text_of_model(model) == str(tmp_path / "text.txt")


def test_another_share_may_be_held_out_of_it(model: Path, folder: Path) -> None:
    checkpoint = load_model(model)
    settings = checkpoint.configuration.with_value("validation_fraction", 0.4)
    trainer = resumed_trainer(checkpoint, settings)
    assert trainer.configuration.text_file == str(folder / "text.txt")
    assert trainer.dataset.validation_ids.size == 280
    assert "Another part of the text is held out" in trainer.dataset.notices[-1]


def test_a_text_that_is_named_is_read_and_no_other(model: Path, tmp_path: Path) -> None:
    named = tmp_path / "named.txt"
    named.write_text(text_of(400, seed=3), encoding="utf-8")
    checkpoint = load_model(model)
    settings = checkpoint.configuration.with_value("text_file", str(named))
    assert resumed_trainer(checkpoint, settings).dataset.title == "named.txt"


def test_a_model_whose_text_is_not_at_hand_says_how_to_give_it(
    model: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "text.txt").unlink()
    said = sentence_of(model)
    assert said == (
        "The text that the model was trained on, text.txt, is neither where it was read last nor "
        "beside the model's file. The model can write; to train it further, put its text beside "
        "its file and open the model again."
    )
    session = Session()
    session.apply(Resume(load_model(model)))
    # A text of that name may stand where the program was started: who knows which one it is?
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "text.txt").write_text(text_of(700), encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(DataError, match=r"It is not known where text\.txt is\."):
        session.apply(Restart((("validation_fraction", 0.4),)))
    # Nor is a place remembered where it is not.
    forget()
    save_model(model, session.checkpoint())
    assert not memory.home().exists()
    assert load_model(model).configuration.text_file == "text.txt"


def test_one_that_cannot_be_read_says_why(model: Path, folder: Path) -> None:
    (folder / "text.txt").write_bytes(b"")
    assert sentence_of(model).startswith("text.txt is empty. The model can write; ")


# -- files of before ------------------------------------------------------------------------------


def test_a_file_with_a_path_opens_by_it(
    session: Session, model: Path, folder: Path, tmp_path: Path
) -> None:
    with_path(model, folder / "text.txt")
    forget()
    assert SECRET.encode() in model.read_bytes()
    read = load_model(model)
    assert read.journal is not None
    opened = Session()
    opened.apply(Resume(read))
    assert opened.trainer.configuration == session.trainer.configuration
    assert opened.trainer.state.journal.begun_with == session.trainer.state.journal.begun_with
    assert len(opened.checkpoint(with_past=True).past) > 8
    save_model(model, read)
    assert SECRET.encode() not in model.read_bytes()


def test_the_path_of_a_file_is_not_taken_where_another_text_stands(
    model: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.txt"
    other.write_text(text_of(700, seed=5), encoding="utf-8")
    with_path(model, other)
    forget()
    assert "other.txt, is neither where it was read last" in sentence_of(model)


def test_of_a_path_that_is_not_whole_only_the_name_is_used(
    model: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_path(model, "texts/text.txt")
    forget()
    monkeypatch.chdir(folder.parent)
    assert "text.txt, is neither" in sentence_of(model)


# -- what is remembered ---------------------------------------------------------------------------


def test_the_memory_is_in_the_persons_own_folder_or_where_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(memory.HOME_VARIABLE, "/somewhere/else")
    assert memory.home() == Path("/somewhere/else")
    monkeypatch.delenv(memory.HOME_VARIABLE)
    assert memory.home().parts[-2:] == ("rnnviz", "texts")


def test_only_its_owner_may_look_into_it(model: Path) -> None:
    if os.name == "posix":
        assert memory.home().stat().st_mode & 0o077 == 0


def test_the_last_place_counts_and_only_the_last_texts_are_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "MOST", 3)
    a, b, c, d = (letter * 64 for letter in "abcd")
    for age, name in enumerate((c, b, a)):
        memory.remember(name, f"/texts/{name[0]}")
        os.utime(memory.home() / name, (1000 - age, 1000 - age))
    memory.remember(a, "/texts/a")
    memory.remember(c, "/moved/c")
    memory.remember(d, "/texts/d")
    assert [memory.last_read(name) for name in (a, b, c, d)] == [
        *("/texts/a", "", "/moved/c", "/texts/d")
    ]


def test_a_place_may_have_any_name() -> None:
    place = os.fsdecode(b"/texts/na\xefve\n \xc3\xa4.txt")
    memory.remember("a" * 64, place)
    assert memory.last_read("a" * 64) == place


def test_a_memory_that_cannot_be_written_keeps_no_model_from_being_saved(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(memory.HOME_VARIABLE, os.devnull)
    path = saved(tmp_path, session.checkpoint())
    assert load_model(path).step == 17
    assert "neither where it was read last" in sentence_of(path)


def test_what_others_wrote_into_the_memory_does_no_harm(model: Path) -> None:
    (entry,) = memory.home().iterdir()
    for content in (b"", b"\0", b"\xff" * 90, b"/" * 5000):
        entry.write_bytes(content)
        assert "neither where it was read last" in sentence_of(model)
    entry.unlink()
    entry.mkdir()
    assert "neither where it was read last" in sentence_of(model)


def test_a_text_that_comes_with_the_program_is_not_remembered(tmp_path: Path) -> None:
    saved(tmp_path)
    assert not memory.home().exists()


def test_where_a_text_is_that_was_read_anew_is_remembered(folder: Path, tmp_path: Path) -> None:
    session = Session()
    session.apply(NewRun(own_text(folder)))
    session.apply(TakeStep())
    session.apply(Reset())
    checkpoint: Checkpoint = session.checkpoint()
    saved(tmp_path, checkpoint)
    assert memory.last_read(checkpoint.fingerprint) == str(folder / "text.txt")


def test_a_name_alone_is_no_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    own_text(tmp_path)
    configuration: Configuration = small(corpus="file", text_file="text.txt")
    with pytest.raises(DataError, match=r"It is not known where text\.txt is\."):
        Session().apply(NewRun(configuration))
