"""The encodings that a text may be in, and which one it is where no mark says so.

The rule stands here and nowhere else. A text that is valid UTF-8 is UTF-8: other text hardly ever
is. One that is not is **UTF-8 with broken bytes** as long as at least as many of its characters
beyond ASCII are whole as bytes are broken. In text of other encodings some bytes look like whole
characters of UTF-8 by chance, at most one to two broken ones in any script that was measured
(Chinese and Japanese; hardly any in Western ones), while a damaged UTF-8 text has many whole
characters to each broken byte.

Otherwise `charset-normalizer` is asked, of a sample. What could be Windows-1252 is taken for it, as
browsers do: of alphabets that are Latin it tells which is likelier, but not reliably, and of a
handful of bytes it tells nothing. Other alphabets do not look like Western text, and are told.
"""

import codecs
import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

AUTOMATIC = "automatic"
"""Where the encoding is not chosen, but told by the bytes."""

WESTERN = "windows-1252"


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding that can be chosen.

    Attributes
    ----------
    title
        For people.
    codec
        What Python calls it. Where two differ only in what one of them leaves undefined, it is the
        larger, as in browsers (WHATWG, Encoding Standard).
    is_told
        Whether a text can be told to be in it without being valid in it.
    """

    title: str
    codec: str
    is_told: bool = True


ENCODINGS = {
    "utf-8": Encoding("UTF-8", "utf-8", is_told=False),
    "utf-16": Encoding("UTF-16", "utf-16", is_told=False),
    WESTERN: Encoding("Windows-1252 (Western)", "cp1252"),
    "windows-1250": Encoding("Windows-1250 (Central European)", "cp1250"),
    "iso-8859-2": Encoding("ISO 8859-2 (Central European)", "iso8859_2"),
    "windows-1251": Encoding("Windows-1251 (Cyrillic)", "cp1251"),
    "koi8-u": Encoding("KOI8 (Cyrillic)", "koi8_u"),
    "ibm850": Encoding("DOS 850 (Western)", "cp850", is_told=False),
    "ibm852": Encoding("DOS 852 (Central European)", "cp852", is_told=False),
    "ibm866": Encoding("DOS 866 (Cyrillic)", "cp866"),
    "iso-8859-5": Encoding("ISO 8859-5 (Cyrillic)", "iso8859_5"),
    "windows-1253": Encoding("Windows-1253 (Greek)", "cp1253"),
    "windows-1254": Encoding("Windows-1254 (Turkish)", "cp1254"),
    "windows-1255": Encoding("Windows-1255 (Hebrew)", "cp1255"),
    "windows-1256": Encoding("Windows-1256 (Arabic)", "cp1256"),
    "windows-1257": Encoding("Windows-1257 (Baltic)", "cp1257"),
    "windows-1258": Encoding("Windows-1258 (Vietnamese)", "cp1258", is_told=False),
    "windows-874": Encoding("Windows-874 (Thai)", "cp874"),
    "shift-jis": Encoding("Shift-JIS (Japanese)", "cp932"),
    "euc-jp": Encoding("EUC-JP (Japanese)", "euc_jp"),
    "iso-2022-jp": Encoding("ISO-2022-JP (Japanese)", "iso2022_jp", is_told=False),
    "gb18030": Encoding("GB 18030 (Chinese)", "gb18030"),
    "big5": Encoding("Big5 (Chinese)", "cp950"),
    "euc-kr": Encoding("EUC-KR (Korean)", "cp949"),
}
"""Every encoding that can be chosen, by its name."""

_TOLD = {encoding.codec: name for name, encoding in ENCODINGS.items() if encoding.is_told}

_LATIN = ("windows-1250", "iso-8859-2", "windows-1254", "windows-1257")
"""Those of Latin alphabets beside Windows-1252."""
_MEANINGLESS_IN_WESTERN = b"\x81\x8d\x8f\x90\x9d"
_LETTER_BUT_NOT_WESTERN = re.compile(rb"[A-Za-z\xc0-\xff][\x81\x8d\x8f\x90\x9d][A-Za-z\xc0-\xff]")
_LETTERS_OF_ISO_8859_2 = re.compile(rb"[a-z\xe0-\xff][\xb1\xb6]")
"""Polish has these at every turn; what they are in Windows-1250, ± and ¶, follows no letter."""
_ONLY_IN_WINDOWS = re.compile(rb"[\x80-\x9f]")

_BLOCK_BYTES = 2048
_BLOCKS = 8
"""How many blocks are asked about."""
_BEFORE = 64
"""Bytes of ASCII at most that a block has of a line before the first other one."""
_HANDFUL = 8
"""From this many bytes beyond ASCII on a block is asked about; fewer tell nothing."""
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


class Evidence:
    """What the bytes of a text without a mark say of its encoding, taken piece by piece.

    Attributes
    ----------
    whole
        How many characters beyond ASCII are valid UTF-8.
    broken
        How many bytes are not.
    """

    def __init__(self) -> None:
        self.whole = 0
        self.broken = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._blocks = [b""]

    def take(self, raw: bytes) -> None:
        """Count what is whole and broken in the next piece; an empty one is the end."""
        text = self._decoder.decode(raw, final=not raw)
        ascii_bytes = np.count_nonzero(np.frombuffer(raw, np.uint8) < 0x80)
        self.whole += len(text) - int(ascii_bytes)
        self.broken += len(raw) - len(text.encode())
        # A piece may begin with half a character, unless all before it was valid.
        self._sample(raw.partition(b"\n")[2] if any(self._blocks) else raw)

    @property
    def encoding(self) -> str:
        """The name of the encoding, once the whole text was taken: the rule of this module."""
        if self.whole >= self.broken:
            return "utf-8"
        # Each byte beyond ASCII has a vote: a block with broken or other ones, or hardly any, is
        # outvoted.
        votes: Counter[str] = Counter()
        for block in self._blocks:
            votes[_likeliest(block)] += _bytes_beyond_ascii(block)
        return votes.most_common(1)[0][0]

    def _sample(self, raw: bytes) -> None:
        """Keep the first lines that are not valid UTF-8, in blocks."""
        if len(self._blocks) > _BLOCKS or raw.isascii():
            return
        for line in raw.splitlines():
            found = _BEYOND_ASCII.search(line)
            if found is None or _is_valid(line, "utf-8"):
                continue
            # The first such byte begins a character, whatever the encoding is.
            part = line[max(0, found.start() - _BEFORE) : found.start() + _BLOCK_BYTES]
            self._blocks[-1] += _without_half_a_character(part) + b"\n"
            if len(self._blocks[-1]) >= _BLOCK_BYTES:
                self._blocks.append(b"")
            if len(self._blocks) > _BLOCKS:
                return


def _likeliest(block: bytes) -> str:
    """Return the name of the encoding that a part of a text is most likely in."""
    if _bytes_beyond_ascii(block) < _HANDFUL:
        return WESTERN
    best = _asked(block)
    if best not in _LATIN:
        return best
    if _LETTERS_OF_ISO_8859_2.search(block) and not _ONLY_IN_WINDOWS.search(block):
        return "iso-8859-2"
    # Perhaps broken bytes alone keep it from being Windows-1252: letters stand between letters.
    if _LETTER_BUT_NOT_WESTERN.search(block):
        return best
    rest = block.translate(None, _MEANINGLESS_IN_WESTERN)
    return WESTERN if _asked(rest) == WESTERN else best


def _asked(block: bytes) -> str:
    """Return what `charset-normalizer` holds a part of a text for, Windows-1252 first."""
    # Most texts are UTF-8 and do not need it.
    from charset_normalizer import from_bytes

    matches = from_bytes(block, cp_isolation=list(_TOLD))
    western = ENCODINGS[WESTERN].codec
    best = matches.best()
    if best is None or any(western in match.could_be_from_charset for match in matches):
        return WESTERN
    return _TOLD[best.encoding]


def _bytes_beyond_ascii(block: bytes) -> int:
    return len(_BEYOND_ASCII.findall(block))


def _without_half_a_character(line: bytes) -> bytes:
    """Return the part of a line that was cut, without the bytes at its end that most can't read."""
    if len(line) < _BLOCK_BYTES:
        return line
    return max((line[: len(line) - cut] for cut in range(4)), key=_readers)


def _readers(line: bytes) -> int:
    """Count the encodings in which a line is valid."""
    return sum(_is_valid(line, codec) for codec in _TOLD)


def _is_valid(line: bytes, codec: str) -> bool:
    try:
        line.decode(codec)
    except UnicodeDecodeError:
        return False
    return True
