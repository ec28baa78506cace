"""Recordings: the window, one panel or the film of the timeline as a GIF or an MP4."""
