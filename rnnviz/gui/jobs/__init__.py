"""Jobs that write files while the window goes on: a dialog asks, a thread writes."""
