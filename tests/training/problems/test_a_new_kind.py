"""Another kind of source is its own files and a line in two registries: here it is all of that."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# Settings name the sources there are when they are first imported, so this needs a process of its
# own, in which the line is added before anything else is looked at.
_SCRIPT = """
import sys
from pathlib import Path
import numpy as np
from rnnviz.core.loss import window_loss
from rnnviz.data.dataset import ReferenceLine
from rnnviz.data.source import Source, Trait
from rnnviz.data.sources import SOURCES
from rnnviz.data.tasks import TaskReader
from rnnviz.data.text.vocabulary import Vocabulary
from rnnviz.data.windows import Window

class Alternation(Source):
    kind, noun, held_out, traits = "alternation", "game", "new turns", frozenset()
    name, title, phrase = "alternation", "Alternation", "an alternation"
    description = "Two letters take turns; the next one is predicted."
    kind_in_words = "a game, in which two take turns"

    def token(self, level):
        return "turn"

    def per(self, level="token"):
        return "turn"

    def vocabulary(self, level, tokens):
        return Vocabulary(tokens)

    def vocabulary_in_words(self, level, size):
        return f"{size} letters"

    def loss_of_guess(self, vocab_size):
        return float(np.log(vocab_size))

    def draw(self, rng, sequence_length, batch_size):
        turns = np.arange(sequence_length + 1)[:, None]
        letters = (turns + rng.integers(0, 2, batch_size)) % 2
        return Window(letters[:-1], letters[1:], True)

class AlternationDataset:
    name, title, loss, notices = "alternation", "Alternation", "cross_entropy", ()
    fingerprint, can_train, training_tokens, num_bytes = "0" * 64, True, None, 0
    vocabulary = Vocabulary(("x", "y"))
    reference_lines = (ReferenceLine("uniform", "uniform guess", float(np.log(2))),)

    def new_reader(self, *, sequence_length, batch_size, seed, write=str):
        return TaskReader(
            Alternation(), sequence_length=sequence_length, batch_size=batch_size, seed=seed
        )

    def text_to_read(self, count, least):
        return None

    def input_labels(self, inputs):
        return tuple(self.vocabulary.tokens[index] for index in inputs.tolist())

    target_labels = input_labels

class Moves(Alternation):
    name, title, traits = "moves", "Your own moves", frozenset({Trait.OWN_FILE})

SOURCES |= {"alternation": Alternation(), "moves": Moves()}

from rnnviz.training.problems.problem import Problem
from rnnviz.training.problems.registry import PROBLEMS

class AlternationValidation:
    score = None

    def __init__(self, network):
        self.network, self.window = network, Alternation().draw(np.random.default_rng(0), 8, 2)

    def loss(self):
        tape = self.network.new_tape(8, 2)
        self.network.forward(self.window.inputs, self.network.zero_state(2), tape)
        return window_loss(tape, self.window.targets, "cross_entropy") / 8

class Alternating(Problem):
    def load(self, configuration, progress=None):
        return AlternationDataset()

    def resume(self, configuration, checkpoint, progress=None):
        return AlternationDataset()

    def validation(self, network, dataset, configuration):
        return AlternationValidation(network)

    def read_watched(self, dataset, text):
        letters = dataset.vocabulary.encode(text).astype(np.intp)[:, None]
        return Window(letters[:-1], letters[1:], True)

PROBLEMS["alternation"] = Alternating()

from rnnviz.cli import main
from rnnviz.diagnostics.gradient_report import Verdict, check
from rnnviz.gui.wording.loss.registry import loss_words
from rnnviz.storage import load_model
from rnnviz.training.commands import Change, Resume, TakeStep
from rnnviz.training.configuration import SETTINGS, Configuration
from rnnviz.training.remarks.remark import LossBesideGuess
from rnnviz.training.session import Session

whole, half, resumed = (Path(sys.argv[1]) / name for name in ("w.rnnviz", "h.rnnviz", "r.rnnviz"))
settings = "--corpus alternation --hidden-size 8 --sequence-length 6 --batch-size 4".split()
settings += "--validation-interval 50 --metrics".split()
assert main(["train", *settings, f"{whole}.csv", "--steps", "300", "--out", str(whole)]) == 0
assert main(["train", *settings, f"{half}.csv", "--steps", "150", "--out", str(half)]) == 0
assert main(["train", "--resume", str(half), "--steps", "150", "--out", str(resumed)]) == 0
assert whole.read_bytes() == resumed.read_bytes()
assert main(["info", str(whole)]) == 0
assert main(["info", "--corpus", "alternation"]) == 0
assert main(["generate", str(whole)]) == 2
assert main(["train", "--corpus", "alternation", "--epochs", "1", "--out", str(half)]) == 2

session = Session()
session.apply(Resume(load_model(whole)))
session.apply(TakeStep())
snapshot = session.snapshot()
configuration = snapshot.configuration
assert snapshot.step == 301
assert (snapshot.references, snapshot.score) == (AlternationDataset.reference_lines, None)
assert any(isinstance(remark, LossBesideGuess) for remark in snapshot.remarks)
assert check(session.check_subject()).verdict is Verdict.AGREES
assert not [name for name in ("level", "prompt", "window_start") if configuration.matters(name)]
assert SETTINGS["corpus"].help.endswith("; or a game, in which two take turns.")
assert "new turns" in SETTINGS["validation_interval"].help_for(configuration.source)
assert loss_words("alternation").subtitle(configuration.source, 0.5) == "0.500 nats per turn"
assert "new turns" in loss_words("alternation").explanation(configuration.source)

for turns, is_watched in ((2000, True), (2001, False)):
    session.apply(Change("watched_text", ("xy" * turns)[: turns + 1]))
    assert session.snapshot().window.is_watched_text == is_watched
assert "at most 2,000 time steps, and this one has 2,001." in session.notices[-1]

import argparse
import shlex
from rnnviz.cli.race import add_arguments
from rnnviz.cli.rivals import rivals_from
from rnnviz.gui.exporting.settings_file import ExportedRun, own_text, settings_text
from rnnviz.gui.wording.runs import run_names
from rnnviz.training.configuration.line import settings_line
from rnnviz.training.experiments import read_experiment

folder = Path(sys.argv[1])
(folder / "own.moves").write_text("xy")
file, own = (str(folder / name) for name in ("own.moves", "own.rnnviz"))
few = ["--steps", "2", "--hidden-size", "4"]
assert main(["train", "--corpus", "moves", "--text", file, *few, "--out", own]) == 0
assert main(["train", "--resume", own, "--text", file, *few, "--out", own]) == 0
assert load_model(Path(own)).configuration.corpus == "moves"
assert main(["step", own, "--text", file, "--csv", str(folder / "step.csv")]) == 0
parser = argparse.ArgumentParser()
add_arguments(parser)
given = f"--rival cell=lstm --rival 'corpus=moves text={file}' --out race --text {file}"
rivals = rivals_from(parser.parse_args([*shlex.split(given), "--corpus", "moves"]))
assert [rival.configuration.corpus for rival in rivals] == ["moves", "moves"]
assert main(["train", "--corpus", "moves", "--out", own]) == 2

moves = Configuration(corpus="moves", text_file=file)
assert (settings_line(moves), own_text(moves)) == ("", "own.moves")
assert run_names([moves, Configuration()]) == ["own.moves", "Tales"]
(folder / "again.toml").write_text(settings_text([ExportedRun(1, "", moves)], ["loss"]))
(variant,) = read_experiment(folder / "again.toml", None).variants
assert variant.configuration() == moves

from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit
from rnnviz.gui.controls.form import ControlForm
from rnnviz.gui.panels.registry import PANELS
from rnnviz.gui.style.theme import Theme
from rnnviz.training.commands import Watch
from rnnviz.training.observation.registry import EVERYTHING

application = QApplication(["rnnviz", "-platform", "offscreen"])
form, wanted = ControlForm(Theme(), frozenset()), []
form.text_wanted.connect(wanted.append)
corpora = form.editor("corpus").box
form.show_configuration(Configuration(corpus="hello"))
assert corpora.itemText(corpora.findData("moves")) == "Your own moves…"
form.show_configuration(moves)
assert corpora.currentText() == "own.moves"
form.choose("corpus", "moves")
assert wanted == ["moves"]
session.apply(Watch(EVERYTHING))
session.apply(TakeStep())
snapshot = session.snapshot()
for kind in PANELS:
    panel = kind.make(Theme())
    panel.resize(900, 600)
    panel.show()
    panel.show_snapshot(snapshot)
    application.processEvents()
    words = [label.text() for label in panel.findChildren(QLabel)]
    words += [text.toPlainText() for text in panel.findChildren(QPlainTextEdit)]
    told = " ".join(words)
    if kind.of_source != "task":
        assert "task" not in told, told
        print(told)
"""


def test_a_new_kind_is_trained_saved_opened_and_looked_at_with_no_other_edit(
    tmp_path: Path,
) -> None:
    result = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    for words in ("Alternation", "2 letters", "nats per turn (on new turns"):
        assert words in result.stdout
    assert "was made for an alternation: it writes no text" in result.stderr
    # What a panel that is of no use says instead.
    assert "It was made for an alternation: it writes no text." in result.stdout
    assert "compared with a text, and this run learns a game" in result.stdout
    assert "Probabilities are shown of a text, and this run learns a game." in result.stdout
    assert "A game has no end" in result.stderr
    assert "A game of your own is named with --text FILE." in result.stderr
