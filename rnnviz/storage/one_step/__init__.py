"""One step, to be taken along: a record as text that others can read."""
