"""The panels of the window: one file each, all inside the frame of :mod:`.panel`.

A panel turns a snapshot into a picture and does nothing else. It never imports the training thread,
the controller or another panel.
"""
