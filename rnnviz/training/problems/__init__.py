"""How a network is trained on each kind of source: a file for each kind, and its line."""
