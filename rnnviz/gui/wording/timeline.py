"""What is said of a run's past."""

from __future__ import annotations

from rnnviz.gui.wording.settings import setting_value
from rnnviz.training.configuration import SETTINGS
from rnnviz.training.past.timeline import Mark, TimelineView

_HAPPENED = {
    "failure": "The next step failed: the run went back to its last finite weights",
    "best used": "The run went back to its best weights",
    "best": "Its best weights so far",
    "text": "The network wrote a text, which was kept",
    "clipping": "From here on, more than half of the steps were clipped",
}


def mark_words(marks: tuple[Mark, ...]) -> str:
    """Say what happened at a step, a line each."""
    said = dict.fromkeys(_said(mark) for mark in marks)
    return "\n".join([f"Step {marks[0].step:,}", *said])


def _said(mark: Mark) -> str:
    if mark.kind == "setting":
        moved = "" if mark.since is None else f", moved since step {mark.since:,}"
        value = setting_value(mark.name, mark.value)
        return f"{SETTINGS[mark.name].label}: {value} from here on{moved}"
    return _HAPPENED[mark.kind]


def seen_words(view: TimelineView) -> str:
    """Say where in the past one is; empty for now."""
    if view.seen is None or view.wanted is None:
        return ""
    if view.seen == view.wanted:
        return f"Step {view.seen:,}, seen from {view.last:,}"
    return f"Step {view.seen:,}; step {view.wanted:,} is being computed"


def past_words(view: TimelineView) -> str:
    """Say what the timeline is for, and what it cannot do."""
    if view.memory_needed:
        megabytes = -(-view.memory_needed // 1_000_000)
        return (
            "Nothing of this run's past is kept: one of its states takes about "
            f"{megabytes:,} MB, more than 'Kept past' allows."
        )
    return (
        "Drag the handle to see the network as it was. [ and ] go from one kept state to the next."
    )
