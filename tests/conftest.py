"""What every test shares: Qt draws into memory, and no test fails for being slow."""

import os

from hypothesis import settings

# No test needs a display.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# How long an example takes says more of the machine than of the program.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
