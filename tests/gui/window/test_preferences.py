"""What the window remembers, and what it does with a file that it cannot use."""

import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray, QLockFile, QSettings
from PySide6.QtWidgets import QMainWindow

from rnnviz.gui.style.theme import ColorScheme
from rnnviz.gui.window import settings_file
from rnnviz.gui.window.preferences import WindowSettings, _sealed, _unsealed

# Qt died of it: so many values have no room in memory.
FATAL_OBJECT = rb"@Variant(\0\0\0\t\x7f\xff\xff\xff)"
CHOICE = "axis_logarithmic"


def write(settings: WindowSettings) -> None:
    """Have what is remembered be in the file, as it is when the program ends."""
    assert isinstance(settings._store, QSettings)
    settings._store.sync()


def aside(folder: Path) -> list[Path]:
    return sorted(folder.glob("rnnviz-*.ini"))


@pytest.fixture
def folder(own_settings: None, tmp_path: Path) -> Path:
    folder = tmp_path / "settings" / "rnnviz"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def file(folder: Path) -> Path:
    return folder / "rnnviz.ini"


@pytest.fixture
def proper(file: Path) -> bytes:
    """Return a file in which everything is remembered; none is there."""
    window = QMainWindow()
    settings = WindowSettings()
    settings.scheme = ColorScheme.DARK
    settings.geometry, settings.layout = window.saveGeometry(), window.saveState()
    settings.training_unit = "tokens"
    settings.set_on(CHOICE, True)
    settings.remember_file(Path(__file__))
    settings.note_page_done("mine", "One, two")
    write(settings)
    proper = file.read_bytes()
    file.unlink()
    return proper


def look_at_all(settings: WindowSettings) -> tuple[object, ...]:
    return (
        settings.scheme,
        settings.geometry,
        settings.layout,
        settings.training_unit,
        settings.is_on(CHOICE),
        settings.recent_files,
        settings.pages_done("mine"),
    )


DEFAULTS = (ColorScheme.SYSTEM, None, None, "", False, [], frozenset())


def test_everything_is_remembered(file: Path, proper: bytes) -> None:
    file.write_bytes(proper)
    settings, window = WindowSettings(), QMainWindow()
    assert settings.remark is None
    geometry, layout = window.saveGeometry(), window.saveState()
    assert look_at_all(settings) == (
        ColorScheme.DARK,
        geometry,
        layout,
        "tokens",
        True,
        [Path(__file__).resolve()],
        {"One, two"},
    )
    assert file.read_bytes() == proper
    assert aside(file.parent) == []


def test_a_start_writes_nothing(file: Path) -> None:
    file.parent.rmdir()
    settings = WindowSettings()
    assert settings.remark is None
    look_at_all(settings)
    write(settings)
    assert not file.parent.exists()


def test_nothing_is_remembered_at_first_and_nothing_said(file: Path) -> None:
    for content in (None, b""):
        if content is not None:
            file.write_bytes(content)
        settings = WindowSettings()
        assert settings.remark is None
        assert look_at_all(settings) == DEFAULTS
        assert aside(file.parent) == []


def line(key: str, value: bytes) -> Callable[[bytes], bytes]:
    """Return what replaces the value of a key that a proper file has."""

    def change(proper: bytes) -> bytes:
        lines = proper.splitlines(keepends=True)
        number = next(n for n, one in enumerate(lines) if one.startswith(key.encode() + b"="))
        lines[number] = key.encode() + b"=" + value + b"\n"
        return b"".join(lines)

    return change


DAMAGED: dict[str, Callable[[bytes], bytes]] = {
    "random": lambda _: random.Random(0).randbytes(400),
    "zeros": lambda proper: bytes(len(proper)),
    "no ini": lambda _: b"hello\nworld\n",
    "an open section": lambda proper: proper.replace(b"]", b"", 1),
    "other letters": lambda proper: proper.decode().encode("utf-16"),
    "cut off": lambda proper: proper[: proper.index(b"layout=") + 30],
    "no such scheme": line("scheme", b"purple"),
    "many schemes": line("scheme", b"dark, light"),
    "a scheme that is a rectangle": line("scheme", b"@Rect(1 2 3 4)"),
    "a geometry of words": line("geometry", b"wide"),
    "a geometry that Qt refuses": line("geometry", b"@ByteArray(wide)"),
    "a layout of words": line("layout", b"left, right"),
    "a layout that Qt refuses": line("layout", b"@ByteArray(left)"),
    "a layout of nothing": line("layout", b"@ByteArray()"),
    "a choice of many": line(CHOICE, b"true, false"),
    "a choice that is a number": line(CHOICE, b"3"),
    "a unit that is a list": line("training_unit", b"a, b"),
    "files that are a point": line("recent_files", b"@Point(1 2)"),
    "pages that are a size": line("mine", b"@Size(1 2)"),
    "an object": line("scheme", FATAL_OBJECT),
    "an object among others": line("recent_files", b"a, " + FATAL_OBJECT),
    "a date": line("training_unit", b"@DateTime(x)"),
    "a format that is no number": line("format", b"first"),
    "a format that is nothing": line("format", b"0"),
    "many formats": line("format", b"1, 1"),
    "no format, and no settings": lambda _: b"[Person]\nname=Ada\n",
    "a page": lambda _: b"<html><body a='b'>x = y</body></html>\n",
    "large": lambda proper: proper + b";" * 1_000_000,
    "newer": line("format", b"2"),
    "much newer": line("format", b"9" * 8),
}


def test_a_file_of_before_there_were_formats_is_used_but_for_what_cannot_be_trusted(
    file: Path, proper: bytes
) -> None:
    state = b"@ByteArray(not sealed)"
    old = line("geometry", state)(line("layout", state)(proper)).replace(b"format=1\n", b"")
    file.write_bytes(old)
    settings = WindowSettings()
    assert settings.remark is None
    scheme, geometry, layout, unit, *_ = look_at_all(settings)
    assert (scheme, geometry, layout, unit) == (ColorScheme.DARK, None, None, "tokens")
    settings.set_on(CHOICE, True)
    write(settings)
    again = WindowSettings()
    assert again.remark is None
    assert again.scheme is ColorScheme.DARK
    assert aside(file.parent) == []


@pytest.mark.parametrize("what", DAMAGED)
def test_a_file_that_cannot_be_used_is_set_aside_whole(
    file: Path, proper: bytes, what: str
) -> None:
    damaged = DAMAGED[what](proper)
    assert damaged != proper
    file.write_bytes(damaged)
    # Of the same size, and written in the same moment, Qt takes it for the one that it knows.
    os.utime(file, (1, 1))
    settings = WindowSettings()
    (kept,) = aside(file.parent)
    assert kept.read_bytes() == damaged
    assert settings.remark is not None
    assert str(kept) in settings.remark.text
    assert ("newer version" in settings.remark.text) == ("newer" in what)
    assert settings.remark.text.count("\n") == 0
    assert look_at_all(settings) == DEFAULTS
    settings.set_on(CHOICE, True)
    write(settings)
    again = WindowSettings()
    assert again.remark is None
    assert again.is_on(CHOICE)
    assert aside(file.parent) == [kept]


def test_a_folder_in_the_files_place_is_set_aside(file: Path) -> None:
    file.mkdir()
    (file / "mine").write_text("kept")
    settings = WindowSettings()
    (kept,) = aside(file.parent)
    assert (kept / "mine").read_text() == "kept"
    settings.set_on(CHOICE, True)
    write(settings)
    assert file.is_file()


def test_nothing_that_was_set_aside_is_overwritten(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None) -> datetime:
            return datetime(2026, 12, 1, 9, 35, 12)

    monkeypatch.setattr(settings_file, "datetime", Clock)
    for content in (b"first", b"second", b"third"):
        file.write_bytes(content)
        WindowSettings()
    name = "rnnviz-2026-12-01-093512"
    found = [(file.with_name(f"{name}{end}.ini")).read_bytes() for end in ("", "-2", "-3")]
    assert found == [b"first", b"second", b"third"]


@pytest.mark.parametrize("content", [None, b"nonsense"], ids=["proper", "damaged"])
def test_a_reset_sets_aside_whatever_is_there(
    file: Path, proper: bytes, content: bytes | None
) -> None:
    file.write_bytes(content or proper)
    settings = WindowSettings(reset=True)
    (kept,) = aside(file.parent)
    assert kept.read_bytes() == (content or proper)
    assert settings.remark is not None
    assert str(kept) in settings.remark.text
    assert settings.remark.kind == "notice"
    assert look_at_all(settings) == DEFAULTS


def test_a_reset_of_nothing_says_so(file: Path) -> None:
    settings = WindowSettings(reset=True)
    assert settings.remark is not None
    assert "there were no settings" in settings.remark.text
    assert list(file.parent.iterdir()) == []


@pytest.mark.parametrize("reset", [False, True])
def test_a_folder_that_cannot_be_is_told(file: Path, reset: bool) -> None:
    file.parent.rmdir()
    file.parent.write_text("a file")
    settings = WindowSettings(reset=reset)
    assert settings.remark is not None
    assert settings.remark.text == (
        f"The window will not remember how it is left: nothing can be written into {file.parent}."
    )
    settings.set_on(CHOICE, True)
    write(settings)
    assert settings.is_on(CHOICE)
    assert file.parent.read_text() == "a file"


def refuse(*_args: object) -> Path:
    raise PermissionError(13, "Permission denied")


def test_a_file_that_must_stay_is_left_as_it_is(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_bytes(b"nonsense")
    monkeypatch.setattr(Path, "rename", refuse)
    settings = WindowSettings()
    assert settings.remark is not None
    assert settings.remark.text == (
        "The window starts with its defaults and will remember nothing: its settings in "
        f"{file} were damaged and cannot be set aside: you have no permission."
    )
    assert look_at_all(settings) == DEFAULTS
    settings.scheme = ColorScheme.DARK
    settings.set_on(CHOICE, True)
    settings.note_page_done("mine", "One")
    assert (settings.scheme, settings.is_on(CHOICE)) == (ColorScheme.DARK, True)
    assert settings.pages_done("mine") == {"One"}
    settings.forget_lessons()
    assert settings.pages_done("mine") == frozenset()
    assert settings.is_on(CHOICE)
    del settings
    assert [path.name for path in file.parent.iterdir()] == ["rnnviz.ini"]
    assert file.read_bytes() == b"nonsense"


def test_a_file_that_cannot_be_read_is_set_aside(
    file: Path, proper: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_bytes(proper)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    settings = WindowSettings()
    monkeypatch.undo()
    (kept,) = aside(file.parent)
    assert kept.read_bytes() == proper
    assert settings.remark is not None
    assert "could not be read (you have no permission)" in settings.remark.text


def test_what_another_program_is_writing_is_left_to_it(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_bytes(b"nonsense")
    monkeypatch.setattr(settings_file, "_LOCK_PATIENCE_MS", 1)
    lock = QLockFile(f"{file}.lock")
    assert lock.tryLock(0)
    settings = WindowSettings()
    assert settings.remark is not None
    assert settings.remark.text.endswith("cannot be set aside: another program is writing them.")
    assert file.read_bytes() == b"nonsense"
    lock.unlock()


def test_what_another_window_has_mended_meanwhile_is_used(
    file: Path, proper: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_bytes(b"nonsense")

    class Lock(QLockFile):
        def tryLock(self, patience: int) -> bool:
            file.write_bytes(proper)
            return super().tryLock(patience)

    monkeypatch.setattr(settings_file, "QLockFile", Lock)
    settings = WindowSettings()
    assert settings.remark is None
    assert settings.scheme is ColorScheme.DARK
    assert file.read_bytes() == proper
    assert aside(file.parent) == []


def test_what_a_window_writes_after_its_file_was_set_aside_is_proper(
    file: Path, proper: bytes
) -> None:
    file.write_bytes(proper)
    first = WindowSettings()
    first.set_on(CHOICE, False)
    write(first)
    WindowSettings(reset=True)
    first.scheme = ColorScheme.LIGHT
    write(first)
    second = WindowSettings()
    assert second.remark is None
    assert second.scheme is ColorScheme.LIGHT
    assert len(aside(file.parent)) == 1


WRITER = """
import sys
from itertools import count
from pathlib import Path
from PySide6.QtWidgets import QApplication, QMainWindow
from rnnviz.gui.window.preferences import WindowSettings
application = QApplication([])
window, settings = QMainWindow(), WindowSettings()
print(settings.remark is not None, flush=True)
for number in count() if sys.argv[1:] else range(1):
    settings.note_page_done("mine", f"Page {number % 50}")
    settings.training_unit = f"unit {number}"
    settings.layout, settings.geometry = window.saveState(), window.saveGeometry()
    settings._store.sync()
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start other programs that write the same file, which are gone at the end."""
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(tmp_path / "settings"),
    }
    started: list[subprocess.Popen[str]] = []

    def start(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", WRITER, *words]
        started.append(
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="settings lie where no variable says"
)


@linux
def test_what_another_window_writes_all_the_time_is_never_set_aside(
    file: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    writer = start("for ever")
    assert writer.stdout is not None
    assert writer.stdout.readline() == "False\n"
    seen: set[str] = set()
    while len(seen) < 20:
        settings = WindowSettings()
        assert settings.remark is None
        seen.add(settings.training_unit)
        assert writer.poll() is None
    assert aside(file.parent) == []


@linux
def test_of_windows_that_start_at_once_one_sets_a_damaged_file_aside(
    file: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    file.write_bytes(b"nonsense")
    outputs = [process.communicate()[0] for process in [start() for _ in range(3)]]
    assert sorted(outputs) == ["False\n", "False\n", "True\n"]
    (kept,) = aside(file.parent)
    assert kept.read_bytes() == b"nonsense"
    assert WindowSettings().pages_done("mine") == {"Page 0"}


@given(st.binary(max_size=300), st.data())
def test_a_state_is_taken_only_as_it_was_given(state: bytes, data: st.DataObject) -> None:
    sealed = _sealed(QByteArray(state))
    assert _unsealed(sealed) == QByteArray(state)
    damaged = bytearray(sealed.data())
    place = data.draw(st.integers(0, len(damaged) - 1))
    damaged[place] ^= data.draw(st.integers(1, 255))
    assert _unsealed(QByteArray(bytes(damaged))) is None
    assert _unsealed(QByteArray(bytes(damaged[:place]))) in (None, QByteArray())


KEYS = ["format", "scheme", "geometry", "layout", "training_unit", CHOICE, "recent_files", "mine"]
VALUES = [
    "", "1", "2", "-1", "1e400", "true", "false", "dark", "a, b", '"a', "@", "@@", "@Invalid()",
    "@ByteArray()", "@ByteArray(\\0", "@ByteArray(\\0\\0\\0\\xff)", "@String(a)", "@Size(1 2)",
    "@Rect(x)", "@Point(1)", "@DateTime(x)", FATAL_OBJECT.decode(), "\\", "\\x", "\\xd800", "%zz",
    "/" + "a" * 5000, "/a\\0b", "~", "\\x110000",
]  # fmt: skip
texts = st.one_of(st.sampled_from(VALUES), st.text(max_size=20), st.just("9" * 5000))
entries = st.tuples(st.one_of(st.sampled_from(KEYS), st.text(max_size=8)), texts)
inis = st.builds(
    lambda general, lessons, has_format: "\n".join(
        [
            "[General]",
            *(["format=1"] if has_format else []),
            *(f"{key}={value}" for key, value in general),
            "[lessons]",
            *(f"{key}={value}" for key, value in lessons),
        ]
    ).encode(errors="surrogatepass"),
    st.lists(entries, max_size=5),
    st.lists(entries, max_size=2),
    st.booleans(),
)


@given(st.one_of(st.binary(max_size=200), inis))
@example(b"[General]\nformat=1\nscheme=@Rect(1 2 3 4)\n")
@example(b"[General]\nformat=1\nrecent_files=/" + b"a" * 5000 + b"\n")
def test_no_file_whatever_it_holds_keeps_the_window_from_starting(content: bytes) -> None:
    with TemporaryDirectory() as home:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, home)
        file = Path(home) / "rnnviz" / "rnnviz.ini"
        file.parent.mkdir()
        file.write_bytes(content)
        use(file, content)


def use(file: Path, content: bytes) -> None:
    """Start with a file, change something, and start again."""
    settings = WindowSettings()
    kept = aside(file.parent)
    assert (settings.remark is None) == (kept == [])
    assert (kept or [file])[0].read_bytes() == content
    look_at_all(settings)
    settings.set_on(CHOICE, True)
    settings.remember_file(Path(__file__))
    settings.note_page_done("mine", "One")
    write(settings)
    del settings
    again = WindowSettings()
    assert again.remark is None
    assert again.is_on(CHOICE)
    assert again.recent_files[0] == Path(__file__).resolve()
    assert "One" in again.pages_done("mine")
