"""What the loss panel says of each kind of source: a file for each kind, and its line."""
