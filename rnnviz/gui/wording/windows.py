"""Which window it is that panels show."""

from __future__ import annotations

NEXT_WINDOW = (
    "The window is the one that is read next, with the weights as they are: the next training step "
    "learns from it."
)
WATCHED_TEXT = (
    "The window is your watched text, read from a state of zeros, with the weights as they are: it "
    "holds still, and nothing is learned from it."
)
OF_WATCHED_TEXT = "your watched text, "
"""What goes before a panel's other soft words."""
