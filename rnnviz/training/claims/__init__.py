"""What an experiment says of a run, and how it is measured."""
