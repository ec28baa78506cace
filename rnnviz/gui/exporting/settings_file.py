"""The settings of exported runs, as an experiment that begins them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rnnviz.data import Trait
from rnnviz.training.configuration import Configuration
from rnnviz.training.experiments import Experiment, Variant, experiment_text

_LONGEST_NAME = 30
_DO = "Press Space: the run begins anew, from the first weights of its seed."
_DO_ALL = "Press Space: the runs begin anew, each from the first weights of its seed."
_SEE = "These are the settings that were in force when they were exported."
_WHY = """
The same seed and settings give the same run, bit for bit. Where settings were changed on the way, \
the model file has what was changed and when, and rnnviz replay does it again.
""".strip()


@dataclass(frozen=True, slots=True)
class ExportedRun:
    """One run, as it was exported.

    Attributes
    ----------
    number, name
        In the window.
    configuration
        What was in force.
    """

    number: int
    name: str
    configuration: Configuration


def settings_text(runs: Sequence[ExportedRun], panels: Sequence[str]) -> str:
    """Return the settings as a file that ``rnnviz --experiment`` opens.

    Parameters
    ----------
    runs
        One or more.
    panels
        The panels to show with them, such as ``loss``; one or more.
    """
    are_several = len(runs) > 1
    variants = [
        Variant(_variant_name(run) if are_several else "", run.configuration.to_mapping(), ())
        for run in runs
    ]
    return experiment_text(
        Experiment(
            name="settings",
            order=1,
            title="Exported runs" if are_several else "Exported run",
            do=_DO_ALL if are_several else _DO,
            see=_SEE,
            why=_WHY,
            panels=tuple(panels),
            stage=panels[0],
            seeds_of_five=None,
            variants=tuple(variants),
        )
    )


def own_text(configuration: Configuration) -> str:
    """Return the name of a person's own text, which the file needs beside it; empty of others."""
    return configuration.text_name if Trait.OWN_FILE in configuration.source.traits else ""


def _variant_name(run: ExportedRun) -> str:
    """Return a name that no other run of the file has, as long as one there may be."""
    name = f"{run.number}: {' '.join(run.name.split())}"
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
