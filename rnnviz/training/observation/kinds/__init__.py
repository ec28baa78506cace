"""What a diagnostic is, and of what it can be measured: a window, an update, the run's record."""
