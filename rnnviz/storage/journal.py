"""A run's journal as a model file has it: a table that is doubted word by word."""

from __future__ import annotations

import dataclasses

from rnnviz.core.errors import RnnvizError
from rnnviz.storage.errors import DamageError
from rnnviz.training.configuration import SETTINGS, Configuration
from rnnviz.training.state.journal import (
    BestUsed,
    Entry,
    Journal,
    SettingChanged,
    StepFailed,
)

_WORDS: dict[type[Entry], str] = {
    SettingChanged: "setting changed",
    BestUsed: "best weights used",
    StepFailed: "step failed",
}


def to_table(journal: Journal | None) -> dict[str, object] | None:
    """Return a journal as what JSON can hold."""
    if journal is None:
        return None
    begun = journal.begun_with
    return {
        "first_step": journal.first_step,
        "begun_with": None if begun is None else begun.to_mapping(),
        "entries": [_to_entry(entry) for entry in journal.entries],
    }


def from_table(value: object, configuration: Configuration, last_step: int) -> Journal | None:
    """Return what `to_table` was given.

    Parameters
    ----------
    value
        What the file has.
    configuration, last_step
        The file's settings and steps, which the journal has to lead to.

    Returns
    -------
    Journal or None
        None where the file has none, or where somebody has changed its settings by hand, so that
        the journal is no longer that of this run.

    Raises
    ------
    DamageError
        Where it is no journal.
    RnnvizError
        Where a setting has a value that it cannot have.
    """
    if value is None:
        return None
    if not isinstance(value, dict) or set(value) != {"first_step", "begun_with", "entries"}:
        raise DamageError("its journal is not complete")
    first, begun, entries = value["first_step"], value["begun_with"], value["entries"]
    if type(first) is not int or not 0 <= first <= last_step or not isinstance(entries, list):
        raise DamageError("its journal does not fit its steps")
    if begun is not None and (first > 0 or not isinstance(begun, dict)):
        raise DamageError("its journal does not say what the run began with")
    journal = Journal(
        first,
        [_from_entry(entry) for entry in entries],
        None if begun is None else Configuration.from_mapping(begun),
    )
    steps = [first, *(entry.step for entry in journal.entries), last_step]
    if steps != sorted(steps):
        raise DamageError("its journal is not in the order of the steps")
    return journal if _leads_to(journal, configuration) else None


def _to_entry(entry: Entry) -> dict[str, object]:
    told = {"what": _WORDS[type(entry)], **dataclasses.asdict(entry)}
    # It is said where it is so: what says nothing of it can be read longer.
    return {name: part for name, part in told.items() if name != "goes_on" or part}


def has_gestures(journal: Journal | None) -> bool:
    """Tell whether a hand went on with a change in it, which no format before the fifth can say."""
    entries = [] if journal is None else journal.entries
    return any(isinstance(entry, SettingChanged) and entry.goes_on for entry in entries)


def _from_entry(value: object) -> Entry:
    if not isinstance(value, dict) or type(value.get("step")) is not int:
        raise DamageError("an entry of its journal is not complete")
    told = {name: part for name, part in value.items() if name != "what"}
    match value.get("what"), told:
        case "setting changed", {"step": step, "name": str(name), "value": changed, **more} if (
            (not more or (set(more) == {"goes_on"} and more["goes_on"] is True))
            and name in SETTINGS
            and SETTINGS[name].live
        ):
            return SettingChanged(step, name, SETTINGS[name].checked(changed), bool(more))
        case "best weights used", {"step": step, **more} if not more:
            return BestUsed(step)
        case "step failed", {"step": step, "knew_no_other": bool(knew), **more} if not more:
            return StepFailed(step, knew)
    raise DamageError("its journal has an entry of no known kind")


def _leads_to(journal: Journal, configuration: Configuration) -> bool:
    """Tell whether a journal leads to these settings, apart from what only looks."""
    try:
        found = journal.configuration
    except RnnvizError:
        return False
    # What only looks may be let go of by itself, such as a watched text that cannot be read.
    return found is None or all(
        getattr(found, name) == getattr(configuration, name)
        for name, setting in SETTINGS.items()
        if not setting.only_looks
    )
