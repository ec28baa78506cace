"""What was changed of a run, to be undone and done again."""
