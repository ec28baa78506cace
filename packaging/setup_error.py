"""The one exception of the set-up, apart because every part of it raises it."""


class SetupError(Exception):
    """The set-up cannot go on; the message is what the person reads, and says what to do."""
