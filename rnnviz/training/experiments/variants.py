"""The runs that a file asks for: their settings, and what is claimed of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rnnviz.core.errors import RnnvizError
from rnnviz.training.claims.claim import Claim
from rnnviz.training.claims.quantities import QUANTITIES
from rnnviz.training.configuration import OWN_TEXT, SETTINGS, Value
from rnnviz.training.experiments.experiment import Variant
from rnnviz.training.experiments.table import Table, listed, shown, shown_key

LARGEST_STEP = 10_000_000
"""More than anybody waits for."""

_LARGEST_LAG = 1000
_LONGEST_NAME = 30
_VARIANT_KEYS = ("name", "settings", "claims")
_CLAIM_KEYS = ("quantity", "step", "above", "below", "lag")


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
    if settings.get("corpus") == OWN_TEXT:
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
        quantity = QUANTITIES[claim.quantity]
        if not quantity.can_be_measured(configuration):
            raise table.complaint(
                "claims", f"have {claim.quantity}, which is measured of {quantity.where}"
            )
        if claim.lag >= length:
            raise table.complaint(
                "claims",
                f"have a lag of {claim.lag}, which must be less than the sequence length, {length}",
            )
    return variant


def read_settings(table: Table, key: str = "settings") -> dict[str, Value]:
    """Read settings by their names; none where the key is missing."""
    values = table.table(key, "a table of settings")
    return {} if values is None else {name: read_setting(values, name) for name in values}


def read_setting(values: Table, name: str) -> Value:
    """Read the setting of this name."""
    key = shown_key(name)
    if name not in SETTINGS:
        raise values.complaint(key, f"is no setting; the settings are {listed(SETTINGS)}")
    value: Any = values[name]
    refused = f"must be {SETTINGS[name].allowed()}, not {shown(value)}"
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
        found = bool(name) and path.name == name and path.is_file()
    except OSError:  # a name that is too long, a folder that may not be read
        found = False
    if not found:
        shown_name = f"not {shown(name)}" if name else "and is missing"
        raise table.complaint(
            "settings.text_file",
            f"must be the name of a file beside this one, {shown_name}",
        )
    return path.absolute()


def read_claims(table: Table) -> tuple[Claim, ...]:
    """Read what is claimed; nothing where the key is missing."""
    claims = []
    for entry in table.tables("claims"):
        entry.check_keys(_CLAIM_KEYS, ("quantity", "step"), "a claim")
        claims.append(_claim(entry))
    return tuple(claims)


def _claim(table: Table) -> Claim:
    name = table.one_of("quantity", QUANTITIES)
    if "above" not in table and "below" not in table:
        raise table.complaint("below", "or above is missing: a claim has a bound")
    above, below = (table.number(key) if key in table else None for key in ("above", "below"))
    if above is not None and below is not None and above >= below:
        raise table.complaint("above", f"must be less than below, not {above:g}")
    lag = 0
    if QUANTITIES[name].needs_lag:
        lag = table.whole("lag", 1, _LARGEST_LAG)
    elif "lag" in table:
        raise table.complaint("lag", f"means nothing to {name}")
    return Claim(name, table.whole("step", 1, LARGEST_STEP), above, below, lag)
