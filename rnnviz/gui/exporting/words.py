"""What is said of an export: what it will have, what each of its files is, what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rnnviz import __version__
from rnnviz.data.files import readable_name
from rnnviz.training.snapshot import RunState, Snapshot

CONTENTS, SETTINGS = "contents.txt", "settings.toml"
"""The names of two of the files."""

_OF_WHOLE_RUN = "Loss, clipping and gradient history are of the whole run."


@dataclass(frozen=True, slots=True)
class Described:
    """Some files of an export, and what they are.

    Attributes
    ----------
    names
        The files'.
    what
        In a few words.
    """

    names: tuple[str, ...]
    what: str


def offer_words(panels: Sequence[str], front: Snapshot | None, runs: int) -> str:
    """Say what would be written now.

    Parameters
    ----------
    panels
        The titles of those that are seen.
    front
        The newest of the run in front; None before there is one.
    runs
        How many are compared, the one in front among them.
    """
    if front is None:
        return "There is no network yet."
    seen = f"the panel that is seen ({panels[0]})" if len(panels) == 1 else _several(panels)
    models = "the settings and the model"
    if runs > 1:
        models = f"the settings and the models of the {runs} runs that are compared"
    said = [f"A new folder gets {seen}, each as a picture and a table, {models}."]
    if front.timeline.seen is not None:
        said.append(
            f"You are at step {front.timeline.seen:,} of the past: the panels, the settings and "
            f"the model are of that step. {_OF_WHOLE_RUN}"
        )
        if runs > 1:
            said.append("The other runs are as they are now.")
    elif front.state is RunState.RUNNING:
        said.append(
            "Training goes on: the panels are all of one moment, the model is of one a bit later."
        )
    return " ".join(said)


def _several(panels: Sequence[str]) -> str:
    return f"the {len(panels)} panels that are seen" if panels else "no panel, as none is seen"


def contents_text(
    when: str, shown: str, files: Sequence[Described], left_out: Sequence[str]
) -> str:
    """Return the list of an export's files, for people to read.

    Parameters
    ----------
    when
        In words.
    shown
        What was seen, in a sentence.
    files
        All but this list.
    left_out
        Of what there is nothing.
    """
    named = [(", ".join(one.names), one.what) for one in files]
    width = max((len(names) for names, _ in named), default=0)
    lines = [f"rnnviz {__version__}, {when}", shown, ""]
    lines += [f"{names:{width}}  {what}" for names, what in named]
    if left_out:
        said = _left_out_words(left_out)
        lines += ["", f"{said[0].upper()}{said[1:]}."]
    return "\n".join(lines) + "\n"


def shown_words(front: Snapshot, name: str) -> str:
    """Say which step of which run was seen."""
    seen = front.timeline.seen
    if seen is None:
        return f"Seen: {name}, at step {front.step:,}."
    return f"Seen: {name}, at step {seen:,} of its past, from step {front.step:,}."


def panel_words(title: str, of_step: int | None, in_view: Sequence[str]) -> str:
    """Say what a panel's files show."""
    parts = [title]
    if of_step is not None:
        parts.append(f"of step {of_step:,}")
    if in_view:
        parts.append(f"with what is in view: {', '.join(in_view)}")
    return ", ".join(parts)


def model_words(name: str, step: int) -> str:
    """Say what a model file is: of a run, after a step."""
    return f"the model: {name}, after step {step:,}"


def settings_words(texts: Sequence[str]) -> str:
    """Say what the file of the settings is for, and which texts of a person's own it needs."""
    said = f"the settings: rnnviz --experiment {SETTINGS} begins anew with them"
    needed = ", ".join(dict.fromkeys(text for text in texts if text))
    return f"{said}, once {needed} is beside it" if needed else said


def written_words(folder: Path, count: int, left_out: Sequence[str]) -> str:
    """Say what was written, and where."""
    said = f"Wrote {count:,} files into the folder {readable_name(folder)} in {folder.parent}"
    return f"{said}; {_left_out_words(left_out)}." if left_out else f"{said}."


def _left_out_words(left_out: Sequence[str]) -> str:
    return f"left out, as there was nothing of it: {', '.join(left_out)}"


def failed_words(sentence: str) -> str:
    """Say that nothing was written, and why: what a sentence of its own says."""
    return f"Nothing was exported: {sentence[:1].lower()}{sentence[1:]}"
