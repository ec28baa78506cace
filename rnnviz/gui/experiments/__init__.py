"""Experiments in the window: the card, who opens one, and who leads through it."""
