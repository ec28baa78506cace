"""Whether there is a display to open a window on; the standard library is enough to tell.

Qt aborts the whole process where there is none, so it has to be known before.
"""

import socket
from collections.abc import Callable, Mapping


def _platform_plugin(environment: Mapping[str, str]) -> str:
    """Return the first name in ``QT_QPA_PLATFORM``, such as ``offscreen``; empty if none is set."""
    return environment.get("QT_QPA_PLATFORM", "").split(";")[0].split(":")[0]


def needs_display(environment: Mapping[str, str]) -> bool:
    """Tell whether Qt, as this environment configures it, opens its windows on a display."""
    return _platform_plugin(environment) in ("", "xcb", "wayland")


def x11_server_answers(display: str) -> bool:
    """Tell whether an X server listens at a display of this machine, such as ``:0``.

    A display elsewhere (``host:0``) is taken at its word: asking it could take long.
    """
    host, _, number = display.rpartition(":")
    number = number.split(".")[0]
    if host not in ("", "unix") or not number.isdigit():
        return True
    address = f"/tmp/.X11-unix/X{number}"
    for candidate in (address, "\0" + address):  # in the file system, and in Linux's own namespace
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(candidate)
            except OSError:
                continue
            return True
    return False


def display_problem(environment: Mapping[str, str], answers: Callable[[str], bool]) -> str | None:
    """Say why no window can be opened here.

    Parameters
    ----------
    environment
        The environment variables of the process.
    answers
        Tells whether the X server of a display answers, as `x11_server_answers` does.

    Returns
    -------
    str or None
        The reason, as the first half of a sentence; None if there is a display or none is needed.
    """
    if not needs_display(environment) or environment.get("WAYLAND_DISPLAY"):
        return None
    display = environment.get("DISPLAY")
    if not display:
        return "There is no display for a window (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    if not answers(display):
        return f"There is no display for a window (DISPLAY is {display}, and nothing answers there)"
    return None
