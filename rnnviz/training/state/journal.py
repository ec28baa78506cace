"""What was done to a run between its steps: all that is needed to do it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rnnviz.training.configuration import SETTINGS, Configuration, Value


@dataclass(frozen=True, slots=True)
class SettingChanged:
    """A live setting was given another value.

    Attributes
    ----------
    step
        After how many steps.
    name, value
        Of the setting.
    goes_on
        Whether a hand went on with its last change: both are told as one. What is done again is the
        same either way.
    """

    step: int
    name: str
    value: Value
    goes_on: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class BestUsed:
    """The run returned to its best weights.

    Attributes
    ----------
    step
        After how many steps.
    """

    step: int


@dataclass(frozen=True, slots=True)
class StepFailed:
    """One more step was tried and was not finite; the run went back to its last finite weights.

    Attributes
    ----------
    step
        After how many steps.
    knew_no_other
        Whether those were the weights that it failed with: out of a file, a run knows no others.
    """

    step: int
    knew_no_other: bool = False


Entry = SettingChanged | BestUsed | StepFailed


@dataclass(slots=True, eq=False)
class Journal:
    """Everything that changed a run beside its steps, in order.

    Steps that succeed need no entry: what they do follows from the state that they begin with.
    It grows with what a person does, not with the steps; of a slider that is dragged the last
    value counts.

    Attributes
    ----------
    first_step
        The step that it begins at: 0, or the one from which on it is known what was done.
    entries
        What happened since, by steps.
    begun_with
        The settings of a run that it tells from its very beginning; None where it does not.
    """

    first_step: int = 0
    entries: list[Entry] = field(default_factory=list)
    begun_with: Configuration | None = None

    def copy(self) -> Journal:
        """Return the same once more, for another run to go on with."""
        return Journal(self.first_step, list(self.entries), self.begun_with)

    def of_text_in(self, file: str) -> Journal:
        """Return the same, for a run to go on with whose text is in this file by now."""
        journal = self.copy()
        if journal.begun_with is not None:
            journal.begun_with = journal.begun_with.with_value("text_file", file)
        return journal

    @property
    def configuration(self) -> Configuration | None:
        """The settings that it leads to; None where it does not tell those of the beginning."""
        if self.begun_with is None:
            return None
        changes = [entry for entry in self.entries if isinstance(entry, SettingChanged)]
        changed = {change.name: change.value for change in changes}
        return Configuration.from_mapping(self.begun_with.to_mapping() | changed)

    def note(self, entry: Entry) -> None:
        """Add what just happened, in the place of what it makes as if it had never been."""
        if isinstance(entry, SettingChanged):
            entry = self._in_place_of_overridden(entry)
        self.entries.append(entry)

    def _in_place_of_overridden(self, entry: SettingChanged) -> SettingChanged:
        """Forget what an entry overrides; return it as it is to be added."""
        if any(effect.lasts for effect in SETTINGS[entry.name].effects):
            return entry
        for index in range(len(self.entries) - 1, -1, -1):
            earlier = self.entries[index]
            # A step that failed was tried with the value of before.
            if not isinstance(earlier, SettingChanged) or earlier.step != entry.step:
                return entry
            if earlier.name == entry.name:
                del self.entries[index]
                # What went on with one that is gone goes on with what that went on with.
                return replace(entry, goes_on=entry.goes_on and earlier.goes_on)
        return entry

    def until(self, step: int) -> Journal:
        """Return what it was when all was done that was done right after a step."""
        entries = [entry for entry in self.entries if entry.step <= step]
        return Journal(self.first_step, entries, self.begun_with)

    def after(self, earlier: Journal) -> Sequence[Entry]:
        """Return what was added to a journal of the same run since it was `earlier`."""
        count = 0
        for entry in earlier.entries:
            # One that is missing here was overridden by one that follows.
            if count < len(self.entries) and self.entries[count] == entry:
                count += 1
        return self.entries[count:]
