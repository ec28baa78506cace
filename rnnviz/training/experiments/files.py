"""Experiments as files: one small TOML file each, read with doubt."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rnnviz.core.errors import RnnvizError
from rnnviz.resources import resource_path
from rnnviz.training.configuration import OWN_TEXT, SETTINGS, Configuration, Value
from rnnviz.training.experiments.claims import QUANTITIES, Claim

SEEDS = 5
"""With so many seeds every claim was tried."""

_LONGEST_FILE = 100_000
_LARGEST_STEP = 10_000_000
_TEXTS = ("title", "do", "see", "why")
_KEYS = {*_TEXTS, "order", "panels", "seeds_of_five", "settings", "claims", "variants"}
_VARIANT_KEYS = {"name", "settings", "claims"}
_CLAIM_KEYS = {"quantity", "step", "above", "below", "lag"}


class ExperimentError(RnnvizError):
    """An experiment's file that cannot be used; names the file, the key and what is allowed."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the runs that an experiment sets side by side.

    Attributes
    ----------
    name
        What its button says; empty where there is one run only.
    settings
        What differs from the defaults.
    claims
        What the run shows.
    """

    name: str
    settings: Mapping[str, Value]
    claims: tuple[Claim, ...]

    def configuration(self, seed: int | None = None) -> Configuration:
        """Return the run's settings."""
        seeded = {} if seed is None else {"seed": seed}
        return Configuration.from_mapping({**self.settings, **seeded})


@dataclass(frozen=True, slots=True)
class Experiment:
    """Settings that show something, and the sentences that say what.

    Attributes
    ----------
    name
        The file's name without its ending.
    order
        Its place in the menu.
    title, do, see, why
        What it is called, what to do, what there is to see, and why it is so.
    panels
        Which panels to look at, such as ``loss`` and ``gradient``.
    seeds_of_five
        With how many of five seeds all claims were found to hold; None where nothing is claimed.
    variants
        Its runs, the one to begin with first.
    """

    name: str
    order: int
    title: str
    do: str
    see: str
    why: str
    panels: tuple[str, ...]
    seeds_of_five: int | None
    variants: tuple[Variant, ...]


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
    experiments, problems = [], []
    for path in sorted(folder.glob("*.toml")):
        try:
            experiments.append(read_experiment(path, panels))
        except ExperimentError as error:
            problems.append(str(error))
    return tuple(sorted(experiments, key=lambda e: (e.order, e.name))), tuple(problems)


def read_experiment(path: Path, panels: Collection[str] | None) -> Experiment:
    """Read one experiment.

    Raises
    ------
    ExperimentError
        If the file cannot be read, a key is unknown or missing, or a value is not allowed.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST_FILE + 1)
        if len(content) > _LONGEST_FILE:
            raise ExperimentError(f"{path.name} is too long to be an experiment.")
        table = tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ExperimentError(f"{path.name} cannot be read: {reason}.") from error
    except UnicodeDecodeError as error:
        raise ExperimentError(f"{path.name} is not in UTF-8.") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ExperimentError(f"{path.name} is not TOML: {error}.") from error
    return _Reader(path, panels).experiment(table)


class _Reader:
    """Turns one file's table into an experiment; every complaint names the file and the key."""

    def __init__(self, path: Path, panels: Collection[str] | None) -> None:
        self._path = path
        self._panels = panels

    def experiment(self, table: dict[str, Any]) -> Experiment:
        self._check_keys(table, _KEYS, {*_TEXTS, "order", "panels"}, "")
        texts = {key: self._text(table, key) for key in _TEXTS}
        settings, claims = self._settings(table, ""), self._claims(table, "")
        variants = tuple(
            self._variant(entry, f"variants[{number}].", settings, claims)
            for number, entry in enumerate(self._tables(table, "variants", ""), start=1)
        )
        if not variants:
            variants = (Variant("", settings, claims),)
        for variant in variants:
            self._check_together(variant)
        claimed = any(variant.claims for variant in variants)
        if claimed != ("seeds_of_five" in table):
            raise self._complaint(
                "seeds_of_five", "stands in a file exactly when something is claimed there"
            )
        return Experiment(
            name=self._path.stem,
            order=self._whole(table, "order", 1, 1000),
            panels=self._panel_names(table),
            seeds_of_five=self._whole(table, "seeds_of_five", 0, SEEDS) if claimed else None,
            variants=variants,
            **texts,
        )

    def _variant(
        self,
        table: dict[str, Any],
        place: str,
        settings: Mapping[str, Value],
        claims: tuple[Claim, ...],
    ) -> Variant:
        self._check_keys(table, _VARIANT_KEYS, {"name"}, place)
        own = self._settings(table, place)
        return Variant(
            self._text(table, "name", place),
            {**settings, **own},
            claims + self._claims(table, place),
        )

    def _settings(self, table: dict[str, Any], place: str) -> dict[str, Value]:
        values = table.get("settings", {})
        if not isinstance(values, dict):
            raise self._complaint(f"{place}settings", "is a table of settings")
        checked: dict[str, Value] = {}
        for name, value in values.items():
            key = f"{place}settings.{name}"
            if name not in SETTINGS:
                raise self._complaint(key, "is no setting")
            try:
                checked[name] = SETTINGS[name].checked(value)
            except RnnvizError as error:
                raise self._complaint(key, f"is not {SETTINGS[name].allowed()}") from error
        if checked.get("corpus") == OWN_TEXT:
            checked["text_file"] = str(self._text_file(checked, place))
        return checked

    def _text_file(self, settings: Mapping[str, Value], place: str) -> Path:
        """Find a text beside the experiment's own file."""
        name = str(settings.get("text_file", ""))
        path = self._path.parent / name
        if not name or not path.is_file():
            shown = f'"{name}"' if name else "missing"
            raise self._complaint(
                f"{place}settings.text_file", f"names no file beside the experiment ({shown})"
            )
        return path.absolute()

    def _check_together(self, variant: Variant) -> None:
        """Find what each setting alone does not tell, such as a task that is too short."""
        try:
            configuration = variant.configuration()
            if configuration.task is not None:
                configuration.task.check_length(configuration.sequence_length)
        except RnnvizError as error:
            raise self._complaint("settings", f"do not go together: {error}") from error

    def _claims(self, table: dict[str, Any], place: str) -> tuple[Claim, ...]:
        claims = []
        for number, entry in enumerate(self._tables(table, "claims", place), start=1):
            at = f"{place}claims[{number}]."
            self._check_keys(entry, _CLAIM_KEYS, {"quantity", "step"}, at)
            quantity = entry["quantity"]
            if quantity not in QUANTITIES:
                raise self._complaint(f"{at}quantity", f"is not one of {', '.join(QUANTITIES)}")
            above, below = (
                self._number(entry, key, at) if key in entry else None for key in ("above", "below")
            )
            if above is None and below is None:
                raise self._complaint(f"{at}below", "or above is missing: a claim has a bound")
            step = self._whole(entry, "step", 1, _LARGEST_STEP, at)
            claim = Claim(quantity, step, above, below)
            if QUANTITIES[quantity].needs_lag:
                claim = replace(claim, lag=self._whole(entry, "lag", 1, 1000, at))
            elif "lag" in entry:
                raise self._complaint(f"{at}lag", f"means nothing to {quantity}")
            claims.append(claim)
        return tuple(claims)

    def _panel_names(self, table: dict[str, Any]) -> tuple[str, ...]:
        names = table["panels"]
        if not isinstance(names, list) or not names:
            raise self._complaint("panels", "is a list of panels")
        known = ", ".join(self._panels or ["the panels"])
        for name in names:
            if not isinstance(name, str) or (self._panels is not None and name not in self._panels):
                raise self._complaint("panels", f"has {_shown(name)}, which is none of {known}")
        return tuple(names)

    def _check_keys(
        self, table: dict[str, Any], known: set[str], needed: set[str], place: str
    ) -> None:
        for key in table:
            if key not in known:
                raise self._complaint(
                    f"{place}{key}", f"is not known here; known are {', '.join(sorted(known))}"
                )
        for key in sorted(needed):
            if key not in table:
                raise self._complaint(f"{place}{key}", "is missing")

    def _tables(self, table: dict[str, Any], key: str, place: str) -> list[dict[str, Any]]:
        tables = table.get(key, [])
        if not isinstance(tables, list) or not all(isinstance(entry, dict) for entry in tables):
            raise self._complaint(f"{place}{key}", "is a list of tables")
        return tables

    def _text(self, table: dict[str, Any], key: str, place: str = "") -> str:
        text = table[key]
        if not isinstance(text, str) or not text.strip():
            raise self._complaint(f"{place}{key}", "is a text")
        return " ".join(text.split())

    def _whole(self, table: dict[str, Any], key: str, low: int, high: int, place: str = "") -> int:
        number = table.get(key)
        if type(number) is not int or not low <= number <= high:
            raise self._complaint(f"{place}{key}", f"is a whole number from {low:,} to {high:,}")
        return number

    def _number(self, table: dict[str, Any], key: str, place: str) -> float:
        number = table[key]
        # Infinity and NaN are written as numbers in TOML, but bound nothing.
        if type(number) not in (int, float) or not abs(number) < 1e300:
            raise self._complaint(f"{place}{key}", "is a finite number")
        return float(number)

    def _complaint(self, key: str, what: str) -> ExperimentError:
        return ExperimentError(f"{self._path.name}: {key} {what}.")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
