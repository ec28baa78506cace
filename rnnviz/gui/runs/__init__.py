"""One run in the window: the thread that drives it and the file that it is saved to."""
