"""By what two runs are known to have been one and the same, up to some step."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from rnnviz.training.configuration import SETTINGS
from rnnviz.training.state.journal import Journal, SettingChanged

# Where a text's file stands, how its bytes were read (the fingerprint is of the text), and whether
# a hand went on, changes nothing of what is computed.
_BESIDE_THE_POINT = {name for name, setting in SETTINGS.items() if setting.only_looks} | {
    "text_file",
    "encoding",
}


@dataclass(frozen=True, slots=True)
class Lineage:
    """A digest of all that a run follows from, for every step.

    Attributes
    ----------
    beginning
        Of its text and the settings that it began with; empty where these are not known.
    steps
        After which steps something was done to it, ascending.
    digests
        Of all that was done to it up to each of these.
    """

    beginning: str = ""
    steps: tuple[int, ...] = ()
    digests: tuple[str, ...] = ()

    def before(self, step: int) -> str:
        """Return what is the same for runs that do the same steps up to this one; empty: unknown.

        What is done to them right after it is left out.
        """
        count = bisect_left(self.steps, step)
        return self.digests[count - 1] if count else self.beginning


def lineage_of(journal: Journal, fingerprint: str) -> Lineage:
    """Return that of a run with this journal, on the text of this fingerprint."""
    if journal.begun_with is None:
        return Lineage()
    begun = _told(journal.begun_with.to_mapping())
    beginning = digest = _digest(fingerprint, begun)
    steps, digests = [], []
    for entry in journal.entries:
        if isinstance(entry, SettingChanged) and entry.name in _BESIDE_THE_POINT:
            continue
        told = asdict(entry) | {"goes_on": False}
        digest = _digest(digest, {"what": type(entry).__name__, **told})
        steps.append(entry.step)
        digests.append(digest)
    return Lineage(beginning, tuple(steps), tuple(digests))


def _told(settings: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in settings.items() if name not in _BESIDE_THE_POINT}


def _digest(before: str, told: Mapping[str, object]) -> str:
    words = json.dumps([before, told], sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()[:16]
