"""One run: its configuration, its trainer, its commands, its snapshots and its history."""
