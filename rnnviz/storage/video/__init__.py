"""Frames into files that move: GIF and MP4."""
