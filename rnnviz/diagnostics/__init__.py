"""Pure functions from a network and a window to frozen results; they change neither."""
