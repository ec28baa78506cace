"""Autosaves in the window: what a program that ended unasked left behind is offered again."""
