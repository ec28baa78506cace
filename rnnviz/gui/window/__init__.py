"""The window's own parts: its bars and edges, its docks, its messages, what it remembers."""
