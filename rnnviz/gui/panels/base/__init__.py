"""What a panel is: its frame, its header, its exports, and the run that it is shown."""
