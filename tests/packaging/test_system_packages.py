import pytest

import system_packages
from setup_error import SetupError

MISSING = {"libxcb-cursor.so.0": "libxcb-cursor0", "libGL.so.1": "libgl1"}


def test_one_line_of_apt_names_every_package_once() -> None:
    missing = MISSING | {"libGLX.so.0": "libgl1"}
    lines = system_packages.instruction(missing, has_apt=True).splitlines()
    assert [line.strip() for line in lines if "apt-get" in line] == [
        "sudo apt-get install -y libgl1 libxcb-cursor0"
    ]


def test_without_apt_the_libraries_themselves_are_named() -> None:
    sentence = system_packages.instruction(MISSING, has_apt=False)
    assert "apt" not in sentence
    assert all(name in sentence for name in MISSING)


def test_nothing_missing_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages, "may_install", lambda: pytest.fail("was asked"))
    system_packages.provide({})


def test_an_ordinary_user_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages, "may_install", lambda: False)
    monkeypatch.setattr("shutil.which", lambda _name: "/usr/bin/apt-get")
    with pytest.raises(SetupError, match="sudo apt-get install -y libgl1 libxcb-cursor0"):
        system_packages.provide(MISSING)


def test_root_installs_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[set[str]] = []
    monkeypatch.setattr(system_packages, "may_install", lambda: True)
    monkeypatch.setattr(system_packages, "install", installed.append)
    system_packages.provide(MISSING)
    assert installed == [{"libgl1", "libxcb-cursor0"}]
