"""The runs that a file asks for: their settings, and what is claimed of them."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rnnviz.core.errors import RnnvizError
from rnnviz.data.sources import is_own_file
from rnnviz.training.claims.claim import Claim
from rnnviz.training.claims.goal import Goal
from rnnviz.training.claims.quantities import QUANTITIES
from rnnviz.training.configuration import SETTINGS, Configuration, Value
from rnnviz.training.experiments.experiment import Variant
from rnnviz.training.experiments.table import Table, listed, shown, shown_key

LARGEST_STEP = 10_000_000
"""More than anybody waits for."""

_LARGEST_LAG = 1000
_LONGEST_NAME = 30
_VARIANT_KEYS = ("name", "settings", "claims")
_LONGEST_OF = 60
GOAL_KEYS = ("quantity", "above", "below", "lag", "of")
"""Of what is measured, and the bounds that it is to lie within."""


def read_variants(table: Table, key: str, what: str) -> tuple[Variant, ...]:
    """Read runs that stand side by side; settings and claims of the table hold for each.

    Parameters
    ----------
    table
        With ``settings`` and ``claims``.
    key
        Of the runs; without them there is one, without a name.
    what
        What one of them is called, such as ``a variant``.
    """
    shared, claims = read_settings(table), read_claims(table)
    entries = table.tables(key)
    if not entries:
        return (new_variant(table, "", shared, claims),)
    variants: list[Variant] = []
    for entry in entries:
        entry.check_keys(_VARIANT_KEYS, ("name",), what)
        name = entry.text("name", _LONGEST_NAME)
        if name in (variant.name for variant in variants):
            raise entry.complaint("name", f"must be another than those before, not {shown(name)}")
        settings = {**shared, **read_settings(entry)}
        variants.append(new_variant(entry, name, settings, claims + read_claims(entry)))
    return tuple(variants)


def new_variant(
    table: Table, name: str, settings: Mapping[str, Value], claims: tuple[Claim, ...]
) -> Variant:
    """Make a run of what stands in a table, or refuse what does not go together in it."""
    if is_own_file(settings.get("corpus")):
        settings = {**settings, "text_file": str(_text_file(table, settings))}
    variant = Variant(name, settings, claims)
    try:
        configuration = variant.configuration()
    except RnnvizError as error:
        reason = str(error).rstrip(".")
        raise table.complaint("settings", f"do not go together: {reason}") from error
    source, length = configuration.source, configuration.sequence_length
    if length < source.shortest:
        raise table.complaint(
            "settings.sequence_length",
            f"must be at least {source.shortest} for the {source.noun} {source.name}, not {length}",
        )
    for claim in claims:
        check_goal(table, "claims have", claim, configuration)
    return variant


def read_settings(table: Table, key: str = "settings") -> dict[str, Value]:
    """Read settings by their names; none where the key is missing."""
    values = table.table(key, "a table of settings")
    return {} if values is None else {name: read_setting(values, name) for name in values}


def read_setting(values: Table, name: str, key: str = "") -> Value:
    """Read the value of a setting, which stands under its name or under another key."""
    key = key or name
    value: Any = values[key]
    if name not in SETTINGS:
        raise values.complaint(
            shown_key(key), f"is no setting; the settings are {listed(SETTINGS)}"
        )
    found = f"not {shown(value)}" if key in values else "and is missing"
    refused = f"must be {SETTINGS[name].allowed()}, {found}"
    if isinstance(value, list | dict):
        # A setting's own complaint would show it whole, however deep it is nested.
        raise values.complaint(key, refused)
    try:
        return SETTINGS[name].checked(value)
    except RnnvizError as error:
        raise values.complaint(key, refused) from error


def _text_file(table: Table, settings: Mapping[str, Value]) -> Path:
    """Find a text beside the file that asks for it, and nowhere else."""
    name = str(settings.get("text_file", ""))
    path = table.path.parent / name
    try:
        is_beside = path.name == name and name != os.pardir
        found = bool(name) and is_beside and (path.is_file() or path.is_dir())
    except OSError:  # a name that is too long, a folder that may not be read
        found = False
    if not found:
        shown_name = f"not {shown(name)}" if name else "and is missing"
        raise table.complaint(
            "settings.text_file",
            f"must be the name of a file or folder beside this one, {shown_name}",
        )
    return path.absolute()


def read_claims(table: Table) -> tuple[Claim, ...]:
    """Read what is claimed; nothing where the key is missing."""
    claims = []
    for entry in table.tables("claims"):
        entry.check_keys((*GOAL_KEYS, "step"), ("quantity", "step"), "a claim")
        goal = read_goal(entry, "a claim")
        claims.append(
            Claim(
                goal.quantity,
                entry.whole("step", 1, LARGEST_STEP),
                above=goal.above,
                below=goal.below,
                lag=goal.lag,
                of=goal.of,
            )
        )
    return tuple(claims)


def read_goal(table: Table, what: str) -> Goal:
    """Read a measured quantity and its bounds; `what` is the table to be called."""
    above, below = read_bounds(table, what)
    return dataclasses.replace(read_quantity(table), above=above, below=below)


def read_bounds(table: Table, what: str) -> tuple[float | None, float | None]:
    """Read ``above`` and ``below``, of which there is at least one."""
    if "above" not in table and "below" not in table:
        raise table.complaint("below", f"or above is missing: {what} has a bound")
    above, below = (table.number(key) if key in table else None for key in ("above", "below"))
    if above is not None and below is not None and above >= below:
        raise table.complaint("above", f"must be less than below, not {above:g}")
    return above, below


def read_quantity(table: Table) -> Goal:
    """Read what is measured, without bounds."""
    name = table.one_of("quantity", QUANTITIES)
    quantity = QUANTITIES[name]
    lag, of = 0, ""
    if quantity.needs_lag:
        lag = table.whole("lag", 1, _LARGEST_LAG)
    elif "lag" in table:
        raise table.complaint("lag", f"means nothing to {name}")
    if not quantity.needs_of:
        if "of" in table:
            raise table.complaint("of", f"means nothing to {name}")
        return Goal(name, lag=lag)
    value = table["of"]
    of = value if isinstance(value, str) else ""
    if not quantity.accepts(of) or len(of) > _LONGEST_OF:
        found = f"not {shown(value)}" if "of" in table else "and is missing"
        raise table.complaint("of", f"must be {quantity.needs_of}, {found}")
    return Goal(name, lag=lag, of=of)


def check_goal(table: Table, who: str, goal: Goal, configuration: Configuration) -> None:
    """Refuse what cannot be measured of a run with these settings.

    Parameters
    ----------
    table, who
        Where the goal stands: the key, and ``has`` or ``have``.
    goal, configuration
        What is measured, and of which run.
    """
    key, verb = who.split()
    quantity = QUANTITIES[goal.quantity]
    if not quantity.can_be_measured(configuration):
        raise table.complaint(key, f"{verb} {goal.quantity}, which is measured of {quantity.where}")
    length = configuration.sequence_length
    if goal.lag >= length:
        raise table.complaint(
            key,
            f"{verb} a lag of {goal.lag}, which must be less than the sequence length, {length}",
        )
