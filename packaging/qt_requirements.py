"""What Qt needs from the system: shared libraries and, for a window, a display.

PySide6 brings Qt itself, but not the libraries that every desktop has and a bare server or
container lacks. Only Linux is asked about: Windows and macOS have all of it. What a window needs of
a display is told by the package itself, which needs nothing installed for that.
"""

import ctypes
from collections.abc import Callable, Iterable, Mapping

from rnnviz.gui.window.display import display_problem, needs_display, x11_server_answers

__all__ = [
    "display_problem",
    "is_present",
    "missing",
    "requirements",
    "x11_server_answers",
]

# Each library by the name that the loader knows, with the Debian package that brings it.
DRAWING_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libX11.so.6": "libx11-6",
}
# Qt loads these when the first window opens, not when it is imported: a missing one would only show
# as an abort at that moment.
X11_LIBRARIES = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
WAYLAND_LIBRARIES = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}

_PACKAGES = DRAWING_LIBRARIES | X11_LIBRARIES | WAYLAND_LIBRARIES


def requirements(environment: Mapping[str, str], *, window: bool) -> frozenset[str]:
    """Return what Qt needs here, as names of the tables above.

    Parameters
    ----------
    environment
        The environment variables of the process.
    window
        Whether a window is to be opened on a display; tests draw into memory.
    """
    needed = set(DRAWING_LIBRARIES)
    if window and needs_display(environment):
        # On a Wayland desktop that has an X server too, Qt can do with either: X11 is checked.
        needed.update(X11_LIBRARIES if environment.get("DISPLAY") else WAYLAND_LIBRARIES)
    return frozenset(needed)


def is_present(requirement: str) -> bool:
    """Tell whether this system has a library, by loading it."""
    try:
        ctypes.CDLL(requirement)
    except OSError:
        return False
    return True


def missing(needed: Iterable[str], present: Callable[[str], bool]) -> dict[str, str]:
    """Return those of the requirements that are not met, each with its Debian package.

    Parameters
    ----------
    needed
        Names of the tables above.
    present
        Tells whether the system has one of them, as `is_present` does.
    """
    return {name: _PACKAGES[name] for name in sorted(needed) if not present(name)}
