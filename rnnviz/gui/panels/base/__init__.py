"""What a panel is: its frame, its header, its exports, and its kinds."""
