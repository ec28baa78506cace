"""Lessons in the window: the bar, who opens one, and who shows how a page is done."""
