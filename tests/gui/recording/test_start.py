"""What a recording needs is loaded when one is wanted, and slows no start."""

import subprocess
import sys

import pytest

NEEDED = ("PIL", "imageio_ffmpeg", "rnnviz.gui.recording.recording", "rnnviz.storage.video.gif")


@pytest.mark.parametrize("module", ["rnnviz.gui.controller", "rnnviz.gui.recording.recording"])
def test_the_window_loads_nothing_of_it(module):
    code = f"import sys, {module}; print(*[name for name in {NEEDED!r} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(said.stdout.split())
    assert not loaded & {"PIL", "imageio_ffmpeg"}
    assert bool(loaded) == (module == "rnnviz.gui.recording.recording")
