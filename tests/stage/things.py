"""What lies in the folder of the random user: files good, bad and odd."""

from __future__ import annotations

import bz2
import gzip
import os
from pathlib import Path

_PROSE = "The tide comes in, the tide goes out, and nobody at the pier remembers why. "
_TWISTED = "\u2018Curly\u2019 quotes \u2013 and \u201cdouble\u201d ones \u2026 of Windows. "


def lay_out(folder: Path) -> None:
    """Fill a folder. Models are added by those who save."""
    texts = {
        "prose.txt": (_PROSE * 80).encode(),
        "one line": (_PROSE * 3).encode(),
        "smart quotes.txt": (_TWISTED * 60).encode("cp1252"),
        "кириллица.txt": ("Мороз и солнце; день чудесный! " * 90).encode("cp1251"),
        "日本語.txt": ("吾輩は猫である。名前はまだ無い。" * 90).encode("shift_jis"),
        "broken byte.txt": _PROSE.encode() * 30 + b"\xff" + _PROSE.encode() * 30,
        "utf-16.txt": (_PROSE * 40).encode("utf-16"),
        "empty.txt": b"",
        "one symbol.txt": b"aaaaaaaaaaaaaaaaaaaa",
        "zeros.bin": bytes(4096),
        "long.txt": (_PROSE * 20_000).encode(),
        "packed.txt.gz": gzip.compress((_PROSE * 90).encode()),
        "packed.txt.bz2": bz2.compress((_PROSE * 90).encode()),
        "bomb.txt.gz": gzip.compress(bytes(1 << 25)),
        "not.rnnviz": b"not a model at all",
        "header.rnnviz": (1 << 40).to_bytes(8, "little") + b'{"a":1}',
        "foreign.safetensors": (59).to_bytes(8, "little")
        + b'{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}     ' + bytes(8),
        "<b>bold & [*] %s.txt": (_PROSE * 50).encode(),
        "\u202etxt.gnorw\u0301": (_PROSE * 50).encode(),
        "e" * 240 + ".txt": (_PROSE * 50).encode(),
        "experiment.toml": b'name = "of my own"\nthis is = not TOML [',
    }  # fmt: skip
    for name, content in texts.items():
        (folder / name).write_bytes(content)
    several = folder / "several texts"
    several.mkdir()
    for number in range(3):
        (several / f"{number}.txt").write_bytes(texts["prose.txt"])
    (folder / "empty folder").mkdir()
    os.symlink("nowhere", folder / "dangling.txt")


def names_of(folder: Path) -> list[str]:
    """Return what is there, and what is not."""
    return [*sorted(entry.name for entry in folder.iterdir()), "gone.rnnviz", "gone/away.txt"]


def name_to_write(number: int) -> str:
    """Return a name to save under: few, so that what is there is written over."""
    names = ("a.rnnviz", "b.rnnviz", "c", "d.safetensors", "no folder/e.rnnviz", "empty folder",
             "f.svg", "g.png", "h.csv", "i.gif", "prose.txt", "j.txt", "k.tex")  # fmt: skip
    return names[number % len(names)]
