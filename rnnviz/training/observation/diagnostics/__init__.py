"""What can be watched of a run: one file each, and a line in the registry beside this room."""
