"""The form at the window's left, generated from the configuration's fields."""
