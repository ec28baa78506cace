"""The view "Inside one step": a network's own arithmetic beside its equations."""
