"""Experiments as files: one small TOML file each."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeVar

from rnnviz.resources import resource_path
from rnnviz.training.experiments.experiment import SEEDS, Experiment
from rnnviz.training.experiments.table import Table, WrittenFileError
from rnnviz.training.experiments.variants import read_variants

_Read = TypeVar("_Read")

LARGEST_ORDER = 1000
"""Of a file's place in a menu."""

# By how many characters fit the card that shows them.
_TEXTS = {"title": 40, "do": 160, "see": 330, "why": 330}
_KEYS = (*_TEXTS, "order", "panels", "stage", "seeds_of_five", "settings", "claims", "variants")


class ExperimentError(WrittenFileError):
    """An experiment's file that cannot be used; names the file, the key and what is allowed."""


def load_experiments(
    panels: Collection[str] | None, folder: Path | None = None
) -> tuple[tuple[Experiment, ...], tuple[str, ...]]:
    """Read every experiment of a folder, in the order of the menu.

    Parameters
    ----------
    panels
        The names that `Experiment.panels` may hold; None where nobody knows, and any will do.
    folder
        Where the files are; those that come with the program if None.

    Returns
    -------
    experiments
        Those that can be used.
    problems
        A sentence for each file that cannot.
    """
    folder = resource_path("experiments") if folder is None else folder
    experiments, problems = read_folder(folder, lambda path: read_experiment(path, panels))
    return tuple(sorted(experiments, key=lambda e: (e.order, e.name))), problems


def read_folder(folder: Path, read: Callable[[Path], _Read]) -> tuple[list[_Read], tuple[str, ...]]:
    """Read a folder's TOML files; return what could be read, and a sentence for each other."""
    found, problems = [], []
    for path in sorted(folder.glob("*.toml")):
        try:
            found.append(read(path))
        except WrittenFileError as error:
            problems.append(str(error))
    return found, tuple(problems)


def read_experiment(path: Path, panels: Collection[str] | None) -> Experiment:
    """Read one experiment.

    Raises
    ------
    ExperimentError
        If the file cannot be read, a key is unknown or missing, or a value is not allowed.
    """
    table = Table.read(path, "an experiment", ExperimentError)
    table.check_keys(_KEYS, (*_TEXTS, "order", "panels"), "an experiment")
    texts = {key: table.text(key, longest) for key, longest in _TEXTS.items()}
    order = table.whole("order", 1, LARGEST_ORDER)
    shown = table.panels(panels)
    variants = read_variants(table, "variants", "a variant")
    claimed = any(variant.claims for variant in variants)
    if not claimed and "seeds_of_five" in table:
        raise table.complaint("seeds_of_five", "means nothing in a file without claims")
    return Experiment(
        name=path.stem,
        order=order,
        panels=shown,
        stage=table.stage(shown),
        seeds_of_five=table.whole("seeds_of_five", 0, SEEDS) if claimed else None,
        variants=variants,
        **texts,
    )
