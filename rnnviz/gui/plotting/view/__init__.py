"""A plot as a whole: its frame, what it says when hovered, and how it is exported."""
