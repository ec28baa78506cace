"""The row of a step's phases, and what moves along it."""
