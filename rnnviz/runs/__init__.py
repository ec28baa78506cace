"""A run's session away from its window: its loop, what is said to and by it, and where it runs."""
