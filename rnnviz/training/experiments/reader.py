"""Experiments as files: one small TOML file each, read with doubt."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from rnnviz.core.errors import RnnvizError
from rnnviz.resources import resource_path
from rnnviz.training.claims.claim import Claim
from rnnviz.training.claims.quantities import QUANTITIES
from rnnviz.training.configuration import OWN_TEXT, SETTINGS, Value
from rnnviz.training.experiments.experiment import SEEDS, Experiment, Variant

_LONGEST_FILE = 100_000
_LARGEST_STEP = 10_000_000
_LARGEST_ORDER = 1000
_LARGEST_LAG = 1000
_LARGEST_BOUND = 1e12
# By how many characters fit the card that shows them.
_TEXTS = {"title": 40, "do": 160, "see": 330, "why": 330}
_LONGEST_NAME = 30
_KEYS = (*_TEXTS, "order", "panels", "stage", "seeds_of_five", "settings", "claims", "variants")
_VARIANT_KEYS = ("name", "settings", "claims")
_CLAIM_KEYS = ("quantity", "step", "above", "below", "lag")


class ExperimentError(RnnvizError):
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
    name = _shown_key(path.name)
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST_FILE + 1)
        if len(content) > _LONGEST_FILE:
            raise ExperimentError(
                f"{name} is too long: an experiment has at most {_LONGEST_FILE:,} bytes."
            )
        # Some editors begin a file with a byte order mark.
        table = tomllib.loads(content.decode("utf-8-sig"))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ExperimentError(f"{name} cannot be read: {reason}.") from error
    except UnicodeDecodeError as error:
        raise ExperimentError(f"{name} is not text in UTF-8.") from error
    except RecursionError as error:
        raise ExperimentError(f"{name} is nested too deeply to be an experiment.") from error
    except ValueError as error:  # what is not TOML, and numbers of thousands of digits
        raise ExperimentError(f"{name} is not TOML: {str(error).rstrip('.')}.") from error
    return _Reader(path, name, panels).experiment(table)


class _Reader:
    """Turns one file's table into an experiment; every complaint names the file and the key."""

    def __init__(self, path: Path, name: str, panels: Collection[str] | None) -> None:
        self._path = path
        self._name = name
        self._panels = panels

    def experiment(self, table: dict[str, Any]) -> Experiment:
        self._check_keys(table, _KEYS, (*_TEXTS, "order", "panels"), "an experiment")
        texts = {key: self._text(table, key, longest) for key, longest in _TEXTS.items()}
        order = self._whole(table, "order", 1, _LARGEST_ORDER)
        panels = self._panel_names(table)
        variants = self._variants(table)
        claimed = any(variant.claims for variant in variants)
        if not claimed and "seeds_of_five" in table:
            raise self._complaint("seeds_of_five", "means nothing in a file without claims")
        return Experiment(
            name=self._path.stem,
            order=order,
            panels=panels,
            stage=self._stage(table, panels),
            seeds_of_five=self._whole(table, "seeds_of_five", 0, SEEDS) if claimed else None,
            variants=variants,
            **texts,
        )

    def _variants(self, table: dict[str, Any]) -> tuple[Variant, ...]:
        """Read the runs; settings and claims of the whole file hold for each."""
        shared, claims = self._settings(table, ""), self._claims(table, "")
        entries = self._tables(table, "variants", "")
        if not entries:
            return (self._variant("", shared, claims, ""),)
        variants: list[Variant] = []
        for number, entry in enumerate(entries, start=1):
            place = f"variants[{number}]."
            self._check_keys(entry, _VARIANT_KEYS, ("name",), "a variant", place)
            name = self._text(entry, "name", _LONGEST_NAME, place)
            if name in (variant.name for variant in variants):
                raise self._complaint(
                    f"{place}name", f"must be another than those before, not {_shown(name)}"
                )
            settings = {**shared, **self._settings(entry, place)}
            own = self._claims(entry, place)
            variants.append(self._variant(name, settings, claims + own, place))
        return tuple(variants)

    def _variant(
        self, name: str, settings: dict[str, Value], claims: tuple[Claim, ...], place: str
    ) -> Variant:
        """Find what each setting and claim alone does not tell, such as too short a task."""
        if settings.get("corpus") == OWN_TEXT:
            settings = {**settings, "text_file": str(self._text_file(settings, place))}
        variant = Variant(name, settings, claims)
        try:
            configuration = variant.configuration()
        except RnnvizError as error:
            reason = str(error).rstrip(".")
            raise self._complaint(f"{place}settings", f"do not go together: {reason}") from error
        source, length = configuration.source, configuration.sequence_length
        if length < source.shortest:
            raise self._complaint(
                f"{place}settings.sequence_length",
                f"must be at least {source.shortest} for the {source.noun} {source.name}, "
                f"not {length}",
            )
        for claim in claims:
            quantity = QUANTITIES[claim.quantity]
            if not quantity.can_be_measured(configuration):
                raise self._complaint(
                    f"{place}claims",
                    f"have {claim.quantity}, which is measured of {quantity.where}",
                )
            if claim.lag >= length:
                raise self._complaint(
                    f"{place}claims",
                    f"have a lag of {claim.lag}, which must be less than the sequence length, "
                    f"{length}",
                )
        return variant

    def _settings(self, table: dict[str, Any], place: str) -> dict[str, Value]:
        values = table.get("settings", {})
        if not isinstance(values, dict):
            raise self._complaint(
                f"{place}settings", f"must be a table of settings, not {_shown(values)}"
            )
        checked: dict[str, Value] = {}
        for name, value in values.items():
            key = f"{place}settings.{_shown_key(name)}"
            if name not in SETTINGS:
                raise self._complaint(key, f"is no setting; the settings are {_listed(SETTINGS)}")
            refused = f"must be {SETTINGS[name].allowed()}, not {_shown(value)}"
            if isinstance(value, list | dict):
                # A setting's own complaint would show it whole, however deep it is nested.
                raise self._complaint(key, refused)
            try:
                checked[name] = SETTINGS[name].checked(value)
            except RnnvizError as error:
                raise self._complaint(key, refused) from error
        return checked

    def _text_file(self, settings: Mapping[str, Value], place: str) -> Path:
        """Find a text beside the experiment's own file, and nowhere else."""
        name = str(settings.get("text_file", ""))
        path = self._path.parent / name
        try:
            found = bool(name) and path.name == name and path.is_file()
        except OSError:  # a name that is too long, a folder that may not be read
            found = False
        if not found:
            shown = f"not {_shown(name)}" if name else "and is missing"
            raise self._complaint(
                f"{place}settings.text_file",
                f"must be the name of a file beside the experiment, {shown}",
            )
        return path.absolute()

    def _claims(self, table: dict[str, Any], place: str) -> tuple[Claim, ...]:
        claims = []
        for number, entry in enumerate(self._tables(table, "claims", place), start=1):
            at = f"{place}claims[{number}]."
            self._check_keys(entry, _CLAIM_KEYS, ("quantity", "step"), "a claim", at)
            claims.append(self._claim(entry, at))
        return tuple(claims)

    def _claim(self, table: dict[str, Any], at: str) -> Claim:
        name = table["quantity"]
        if not isinstance(name, str) or name not in QUANTITIES:
            raise self._complaint(
                f"{at}quantity", f"must be one of {_listed(QUANTITIES)}, not {_shown(name)}"
            )
        if "above" not in table and "below" not in table:
            raise self._complaint(f"{at}below", "or above is missing: a claim has a bound")
        above, below = (
            self._number(table, key, at) if key in table else None for key in ("above", "below")
        )
        if above is not None and below is not None and above >= below:
            raise self._complaint(f"{at}above", f"must be less than below, not {above:g}")
        lag = 0
        if QUANTITIES[name].needs_lag:
            lag = self._whole(table, "lag", 1, _LARGEST_LAG, at)
        elif "lag" in table:
            raise self._complaint(f"{at}lag", f"means nothing to {name}")
        return Claim(name, self._whole(table, "step", 1, _LARGEST_STEP, at), above, below, lag)

    def _panel_names(self, table: dict[str, Any]) -> tuple[str, ...]:
        names = table["panels"]
        if not isinstance(names, list) or not names:
            raise self._complaint("panels", f"must be a list of panels, not {_shown(names)}")
        known = self._panels
        for number, name in enumerate(names, start=1):
            if not isinstance(name, str) or (known is not None and name not in known):
                allowed = "the name of a panel" if known is None else f"one of {_listed(known)}"
                raise self._complaint(f"panels[{number}]", f"must be {allowed}, not {_shown(name)}")
            if name in names[: number - 1]:
                raise self._complaint(
                    f"panels[{number}]", f"must be another than those before, not {_shown(name)}"
                )
        return tuple(names)

    def _stage(self, table: dict[str, Any], panels: tuple[str, ...]) -> str:
        name = table.get("stage", panels[0])
        if name not in panels:
            raise self._complaint("stage", f"must be one of {_listed(panels)}, not {_shown(name)}")
        return str(name)

    def _check_keys(
        self,
        table: dict[str, Any],
        known: Collection[str],
        needed: Collection[str],
        what: str,
        place: str = "",
    ) -> None:
        for key in table:
            if key not in known:
                raise self._complaint(
                    f"{place}{_shown_key(key)}",
                    f"is not known; the keys of {what} are {_listed(known)}",
                )
        for key in needed:
            if key not in table:
                raise self._complaint(f"{place}{key}", "is missing")

    def _tables(self, table: dict[str, Any], key: str, place: str) -> list[dict[str, Any]]:
        tables = table.get(key, [])
        if not isinstance(tables, list):
            raise self._complaint(
                f"{place}{key}", f"must be a list of tables, not {_shown(tables)}"
            )
        for number, entry in enumerate(tables, start=1):
            if not isinstance(entry, dict):
                raise self._complaint(
                    f"{place}{key}[{number}]", f"must be a table, not {_shown(entry)}"
                )
        return tables

    def _text(self, table: dict[str, Any], key: str, longest: int, place: str = "") -> str:
        value = table[key]
        text = " ".join(value.split()) if isinstance(value, str) else ""
        if not 1 <= len(text) <= longest:
            found = f"one of {len(text)}" if len(text) > longest else _shown(value)
            raise self._complaint(
                f"{place}{key}", f"must be a text of 1 to {longest} characters, not {found}"
            )
        return text

    def _whole(self, table: dict[str, Any], key: str, low: int, high: int, place: str = "") -> int:
        number = table.get(key)
        if type(number) is not int or not low <= number <= high:
            found = f"not {_shown(number)}" if key in table else "and is missing"
            raise self._complaint(
                f"{place}{key}", f"must be a whole number from {low:,} to {high:,}, {found}"
            )
        return number

    def _number(self, table: dict[str, Any], key: str, place: str) -> float:
        number = table[key]
        # Infinity and NaN are written as numbers in TOML, but bound nothing.
        if type(number) not in (int, float) or not abs(number) <= _LARGEST_BOUND:
            raise self._complaint(
                f"{place}{key}",
                f"must be a number from -{_LARGEST_BOUND:,.0f} to {_LARGEST_BOUND:,.0f}, "
                f"not {_shown(number)}",
            )
        return float(number)

    def _complaint(self, key: str, what: str) -> ExperimentError:
        return ExperimentError(f"{self._name}: {key} {what}.")


def _listed(names: Collection[str]) -> str:
    return ", ".join(names)


def _shown_key(key: str) -> str:
    """Write a key or a file's name so that it stays one short piece of a sentence."""
    return _shortened(key if key.isprintable() and key.strip() else json.dumps(key))


def _shown(value: object) -> str:
    """Write a value as TOML does; it may be of any length, and nested to any depth."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        kind = "list" if isinstance(value, list) else "table"
        return f"a {kind}" if value else f"an empty {kind}"
    if isinstance(value, str):
        return _shortened(json.dumps(value, ensure_ascii=False))
    try:
        return _shortened(str(value))
    except ValueError:
        return "a number of thousands of digits"


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
