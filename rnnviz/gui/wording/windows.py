"""Which window it is that panels show."""

from __future__ import annotations

NEXT_WINDOW = (
    "This is the window that is read next, with the present weights: the next training step "
    "learns from it."
)
WATCHED_TEXT = (
    "This is your watched text, read from a state of zeros with the present weights: it holds "
    "still, and nothing is learned from it."
)
OF_WATCHED_TEXT = "your watched text, "
"""What goes before a panel's other soft words."""
