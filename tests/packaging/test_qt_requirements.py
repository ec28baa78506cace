import socket

import pytest

import qt_requirements


def answers(_display: str) -> bool:
    return True


def is_silent(_display: str) -> bool:
    return False


@pytest.mark.parametrize(
    "environment",
    [
        {"DISPLAY": ":0"},
        {"WAYLAND_DISPLAY": "wayland-0"},
        {"QT_QPA_PLATFORM": "offscreen"},
        {"QT_QPA_PLATFORM": "vnc:port=5901"},
        {"QT_QPA_PLATFORM": "xcb", "DISPLAY": ":0"},
    ],
)
def test_a_window_may_open_on_a_display_or_where_qt_needs_none(
    environment: dict[str, str],
) -> None:
    assert qt_requirements.display_problem(environment, answers) is None


@pytest.mark.parametrize("environment", [{}, {"DISPLAY": ""}, {"QT_QPA_PLATFORM": "xcb"}])
def test_a_missing_display_is_named(environment: dict[str, str]) -> None:
    problem = qt_requirements.display_problem(environment, answers)
    assert problem is not None
    assert "DISPLAY" in problem


def test_a_display_that_is_set_but_dead_is_named() -> None:
    problem = qt_requirements.display_problem({"DISPLAY": ":42"}, is_silent)
    assert problem is not None
    assert ":42" in problem


def test_a_dead_x_display_does_not_matter_on_wayland() -> None:
    environment = {"DISPLAY": ":42", "WAYLAND_DISPLAY": "wayland-0"}
    assert qt_requirements.display_problem(environment, is_silent) is None


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="X11 is reached by a Unix socket")
def test_only_local_displays_are_asked_whether_they_answer() -> None:
    assert not qt_requirements.x11_server_answers(":61234")
    assert not qt_requirements.x11_server_answers(":61234.0")
    assert qt_requirements.x11_server_answers("localhost:10.0")


def test_tests_need_no_library_of_a_display() -> None:
    needed = qt_requirements.requirements({"DISPLAY": ":0"}, window=False)
    assert needed == qt_requirements.DRAWING_LIBRARIES.keys()


@pytest.mark.parametrize(
    ("environment", "library", "is_needed"),
    [
        ({"DISPLAY": ":0"}, "libxcb-cursor.so.0", True),
        ({"DISPLAY": ":0"}, "libwayland-client.so.0", False),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "libwayland-client.so.0", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "libxcb-cursor.so.0", False),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, "libxcb-cursor.so.0", False),
    ],
)
def test_a_window_needs_the_libraries_of_its_display(
    environment: dict[str, str], library: str, is_needed: bool
) -> None:
    assert (library in qt_requirements.requirements(environment, window=True)) is is_needed


def test_what_is_missing_comes_with_its_package() -> None:
    needed = {"libGL.so.1", "libxcb-cursor.so.0"}
    missing = qt_requirements.missing(needed, present=lambda name: name == "libGL.so.1")
    assert missing == {"libxcb-cursor.so.0": "libxcb-cursor0"}


def test_a_library_that_does_not_exist_is_not_present() -> None:
    assert not qt_requirements.is_present("libno-such-thing.so.7")
