"""The panel of a task: what was asked, what the network answered, and how often it is right."""
