"""Which runs there are beside each other: added, removed, put in front, ticked."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from rnnviz.core.errors import RnnvizError
from rnnviz.data import WORDS, Trait
from rnnviz.data.files import readable_name, refusal_to_read
from rnnviz.gui.runs.run import Run
from rnnviz.gui.runs.run_control import RunControl
from rnnviz.gui.runs.run_list import MOST_RUNS, RunList
from rnnviz.gui.runs.view import View
from rnnviz.gui.style.sign import SIGNS, Sign
from rnnviz.gui.wording.runs import branch_name
from rnnviz.runs.messages import Recover
from rnnviz.storage import MODEL_SUFFIXES
from rnnviz.training.commands import NewRun, Resume
from rnnviz.training.configuration import SETTINGS, Configuration, Value
from rnnviz.training.experiments import Variant
from rnnviz.training.memory_estimate import bytes_needed, check_memory
from rnnviz.training.snapshot import Snapshot
from rnnviz.training.state.checkpoint import Checkpoint
from rnnviz.training.state.origin import origins_of_branch


class RivalControl(QObject):
    """Decides who races; knows no widget.

    Parameters
    ----------
    runs
        Those of the window.
    view
        The window.
    run_control
        Asks before a run is lost.

    Signals
    -------
    joined(Run)
        There is another run; nobody listens to its thread yet, and it does not run.
    changed()
        Other runs are there, in front, or compared.
    """

    joined = Signal(object)
    changed = Signal()

    def __init__(self, runs: RunList, view: View, run_control: RunControl) -> None:
        super().__init__()
        self._runs = runs
        self._view = view
        self._run_control = run_control

    def add_copy(self) -> None:
        """Add a rival with the settings of the run in front, and put it there to be changed."""
        snapshot = self._runs.front.snapshot
        if snapshot is not None:
            self._add_like(snapshot, {})

    def add_other_cells(self, *, equal_parameters: bool) -> None:
        """Add a rival for each other cell, as large as the run in front.

        Parameters
        ----------
        equal_parameters
            Whether they learn as many numbers, or have as many units.
        """
        front = self._runs.front
        snapshot = front.snapshot
        if snapshot is None:
            return
        size: dict[str, Value] = {"hidden_size": snapshot.hidden_size, "parameter_budget": 0}
        if equal_parameters:
            size = {"parameter_budget": snapshot.parameter_count}
        for cell in SETTINGS["cell"].choices:
            if cell != snapshot.configuration.cell and not self._add_like(
                snapshot, {"cell": cell} | size
            ):
                break
        self.put_in_front(front)

    def _add_like(self, snapshot: Snapshot, changes: Mapping[str, Value]) -> bool:
        """Add a rival with a run's settings, some changed; tell whether it came."""
        try:
            watched = {"watched_text": self._runs.watched_text}
            settings = snapshot.configuration.to_mapping() | watched | dict(changes)
            configuration = Configuration.from_mapping(settings)
        except RnnvizError as error:
            self._view.messages.tell(str(error), "problem")
            return False
        return self.begin(configuration) is not None

    def begin(self, configuration: Configuration) -> Run | None:
        """Add a rival that trains as this says, in front; None where it cannot be had, and say so.

        What is there already stays as it is.
        """
        try:
            self._check_memory(configuration)
        except RnnvizError as error:
            self._view.messages.tell(str(error), "problem")
            return None
        return self._place(NewRun(self._runs.watched_alike(configuration)))

    def branch(self, origin: Run, checkpoint: Checkpoint) -> Run | None:
        """Add a rival that goes on from a run's state, in front; None where it cannot be had."""
        try:
            self._check_memory(checkpoint.configuration)
        except RnnvizError as error:
            self._view.messages.tell(str(error), "problem")
            return None
        name = self._runs.names[origin]
        left = origins_of_branch(checkpoint.step, name, origin.run_id, origin.origins)
        run = self._place(Resume(dataclasses.replace(checkpoint, origins=left)))
        if run is not None:
            # Until it is there, and is called after its fork by itself.
            run.title = branch_name(checkpoint.step)
        return run

    def begin_all(self, variants: Sequence[Variant]) -> bool:
        """Begin these as rivals under their names, the first in front; no other run stays.

        Returns
        -------
        bool
            Whether they do. Where there cannot be so many, it is said why, and the first one
            begins alone.
        """
        self._view.messages.clear()
        refusal = self._refusal_of(variants)
        begun = variants[:1] if refusal else variants
        for other in list(self._runs)[len(begun) :]:
            self._runs.remove(other)
        for run, variant, sign in zip(self._runs, begun, SIGNS, strict=False):
            run.title, run.sign, run.is_compared = variant.name, sign, True
            configuration = self._runs.watched_alike(variant.configuration())
            run.post(NewRun(configuration, variant.claims))
        self.put_in_front(next(iter(self._runs)))
        if refusal:
            self._view.messages.tell(f'{refusal} "{begun[0].name}" begins alone.', "problem")
        return not refusal

    def _refusal_of(self, variants: Sequence[Variant]) -> str:
        """Make a place for each; return why there cannot be one, empty where there is."""
        if len(variants) > MOST_RUNS:
            return f"These are {len(variants)} runs, and no more than {MOST_RUNS} can race."
        *others, last = (variant.configuration() for variant in variants)
        beside = sum(bytes_needed(other, self._vocab_size) for other in others)
        try:
            if others:
                check_memory(last, self._vocab_size, beside)
            while len(self._runs) < len(variants):
                self.joined.emit(self._runs.add())
        except (RnnvizError, OSError) as error:
            return f"These runs cannot race. {_sentence_of(error)}"
        return ""

    def ask_what_to_open(self, corpus: str = "") -> None:
        """Open what the person says, as `open_files` does."""
        self.open_files(self._view.ask_what_to_open(), corpus)

    def open_files(self, paths: Sequence[Path], corpus: str = "") -> None:
        """Open one file in the run in front, and further models as rivals.

        Parameters
        ----------
        paths
            A model or a text, or models; a folder stands for the models in it, and one without
            any for its texts.
        corpus
            As which source a file of the person's own is read; empty for a text.
        """
        try:
            files = [file for path in paths for file in _models_in(path) or [path]]
        except OSError as error:
            self._view.messages.tell(refusal_to_read(readable_name(paths[0]), error), "problem")
            return
        if len(files) == 1:
            self._run_control.open_file(files[0], corpus=corpus)
        elif any(file.suffix.lower() not in MODEL_SUFFIXES for file in files):
            self._view.messages.tell(
                "Several files can be opened where all are models. To learn from several texts, "
                "open a folder that has them and no model.",
                "problem",
            )
        elif files:
            self._run_control.open_file(files[0])
            for file in files[1:]:
                if self._place(file) is None:
                    break

    def recover(self, paths: Sequence[Path]) -> list[Path]:
        """Go on from autosaves, each as a run of its own; the first one stands in front.

        One takes the place of a run that nobody has done anything with.

        Returns
        -------
        list of Path
            Those from which a run is about to go on; for others there is no place, which is said.
        """
        self._view.messages.clear()
        begun: dict[Path, Run] = {}
        for path in paths:
            run: Run | None = self._runs.front
            if len(self._runs) == 1 and run is not None and run.is_untouched:
                run.recover(path, self._runs.watched_text)
            else:
                run = self._place(Recover(path))
            if run is None:
                break
            begun[path] = run
        if len(begun) > 1:
            self.put_in_front(next(iter(begun.values())))
        return list(begun)

    def heard_refused(self, run: Run) -> None:
        """Take a place away in which nothing could be begun."""
        if run.snapshot is None:
            self.remove(run)

    def _place(self, beginning: NewRun | Resume | Recover | Path) -> Run | None:
        """Make a place in front in which a run or a model begins; say why where there is none."""
        try:
            run = self._runs.add()
        except (RnnvizError, OSError) as error:
            self._view.messages.tell(_sentence_of(error), "problem")
            return None
        self.joined.emit(run)
        if isinstance(beginning, Path):
            run.open_model(beginning, self._runs.watched_text)
        elif isinstance(beginning, Recover):
            run.recover(beginning.path, self._runs.watched_text)
        else:
            run.post(beginning)
        self.put_in_front(run)
        return run

    def put_in_front(self, run: Run) -> None:
        """Have the panels of one run, and the form, be about this one."""
        self._runs.put_in_front(run)
        self.changed.emit()

    def compare(self, run: Run, compared: bool) -> None:
        """Have a run shown beside the one in front, or not."""
        run.is_compared = compared
        self.changed.emit()

    def choose_sign(self, run: Run, sign: Sign) -> None:
        """Give a run another sign; who had it takes the run's."""
        for other in self._runs:
            if other.sign == sign:
                other.sign = run.sign
        run.sign = sign
        self.changed.emit()

    def ask_to_remove(self, run: Run) -> None:
        """Remove a run, after asking where it would be a loss."""
        if len(self._runs) > 1:
            name = self._runs.names[run]
            self._run_control.ask_first(f'Removing "{name}"', partial(self.remove, run), [run])

    def remove(self, run: Run) -> None:
        """Remove a run; the last one stays."""
        if run in self._runs and len(self._runs) > 1:
            self._runs.remove(run)
            self.changed.emit()

    @property
    def _like(self) -> Snapshot | None:
        """A run that is there, for what another one's text turns out to hold once it is read."""
        return next((run.snapshot for run in (self._runs.front, *self._runs) if run.snapshot), None)

    @property
    def _vocab_size(self) -> int:
        """How large the vocabulary is of what is learned now; at least 1 before anything is."""
        return 1 if self._like is None else self._like.vocab_size

    def _check_memory(self, configuration: Configuration) -> None:
        """Say before it begins that there is no room for another run.

        Raises
        ------
        RnnvizError
            Where the runs together would need more memory than there is.
        """
        vocab_size, like = self._vocab_size, self._like
        text_bytes = 0 if like is None else like.text_bytes
        needed, texts = 0, dict[object, int]()
        for run in self._runs:
            if run.snapshot is not None:
                needed += run.snapshot.memory_needed
                texts[_text_of(run.snapshot.configuration, run)] = run.snapshot.text_bytes
            elif isinstance(run.last_beginning, NewRun):
                about_to_be = run.last_beginning.configuration
                needed += bytes_needed(about_to_be, vocab_size)
                texts.setdefault(_text_of(about_to_be, run), text_bytes)
        own_text = 0 if _text_of(configuration) in texts else text_bytes
        check_memory(configuration, vocab_size, needed + sum(texts.values()), own_text)


def _sentence_of(error: RnnvizError | OSError) -> str:
    """Say why there can be no place for another run."""
    if isinstance(error, OSError):
        return f"Another training process could not be started: {error.strerror}."
    return str(error)


def _text_of(configuration: Configuration, run: Run | None = None) -> object:
    """Return what is alike for runs that share a text; one that no file holds is a run's own."""
    if Trait.OWN_FILE not in configuration.source.traits:
        return run
    words = configuration.vocabulary_size if configuration.level in WORDS else 0
    file, held_out = configuration.text_file, configuration.validation_fraction
    return file, configuration.encoding, held_out, configuration.level, words


def _models_in(path: Path) -> list[Path]:
    """Return the models in a folder; none of what is a file."""
    if not path.is_dir():
        return []
    return sorted(file for file in path.iterdir() if file.suffix.lower() in MODEL_SUFFIXES)
