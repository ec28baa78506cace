"""What is read, and in what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from rnnviz.data import AUTOMATIC, DEFAULT_WORDS, ENCODINGS, WORDS, Trait
from rnnviz.data.sources import SOURCES
from rnnviz.training.configuration.setting import declared

_declared = partial(declared, group="data")
# Each kind once, in the order of the menu.
_KINDS = dict.fromkeys(s.kind_in_words for s in SOURCES.values() if s.kind_in_words)


@dataclass(frozen=True)
class DataSettings:
    """What is read, and in what."""

    corpus: str = _declared(
        "tales",
        "Corpus",
        f"What the network learns: {'; or '.join(_KINDS)}.",
        choices={name: source.menu_title for name, source in SOURCES.items()},
    )
    text_file: str = _declared(
        "",
        "Text file",
        "A text of your own to learn from: a file, which may be compressed (gzip, bzip2, xz), or a "
        "folder, of which each file is a text by itself; on the command line also - for standard "
        "input.",
        needs=Trait.OWN_FILE,
        advanced=True,
    )
    encoding: str = _declared(
        AUTOMATIC,
        "Encoding",
        "How the bytes of your text are to be read. That is told by itself, and shown with a "
        "sample where it is not certain; choose it where the sample looks wrong.",
        choices={AUTOMATIC: "automatic"}
        | {name: encoding.title for name, encoding in ENCODINGS.items()},
        needs=Trait.OWN_FILE,
    )
    level: str = _declared(
        "character",
        "Tokens",
        "What the network reads and writes one at a time: characters; graphemes, so that é, a flag "
        "or a syllable of Hindi is one even where it is several characters; words and marks with "
        "the space before them; or, as in earlier versions, words whose spaces are left out and "
        "set by rule.",
        choices={
            "character": "characters",
            "grapheme": "graphemes",
            "word": "words",
            "bare-word": "words without spaces",
        },
        needs=Trait.TEXT,
    )
    vocabulary_size: int = _declared(
        DEFAULT_WORDS,
        "Vocabulary",
        "How many words the network knows: the most frequent ones. Every other word is read "
        "as <unk>, which it never writes.",
        minimum=2,
        maximum=100_000,
        slider=(100, 50_000),
        logarithmic=True,
        unit="words",
        relevant_when=("level", WORDS),
    )
    validation_fraction: float = _declared(
        0.1,
        "Held out",
        "The share of the {noun}, taken from its end, that is kept for testing: the network "
        "never trains on it.",
        minimum=0.0,
        maximum=0.5,
        needs=Trait.SPLIT,
        advanced=True,
    )
