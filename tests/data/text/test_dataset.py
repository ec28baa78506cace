import math
from collections import Counter
from dataclasses import FrozenInstanceError
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.data import (
    BareWordVocabulary,
    Corpus,
    DataError,
    Level,
    Vocabulary,
    build_dataset,
    load_corpus,
    reference_losses,
)
from rnnviz.data.progress import CHUNK_LENGTH
from rnnviz.data.text import references as references_module
from rnnviz.data.text.source import OWN
from rnnviz.data.text.words import tokenize

texts = st.text(min_size=2).filter(lambda text: len(set(text)) > 1)


def corpus_of(text: str, true_entropy: float | None = None) -> Corpus:
    return Corpus("notes.txt", "Notes", text, true_entropy)


@given(texts, st.floats(0, 1, exclude_max=True))
def test_training_and_validation_in_a_row_are_the_text(text: str, fraction: float) -> None:
    validation_length = int(fraction * len(text))
    if len(text) - validation_length < 2:
        with pytest.raises(DataError, match="at least 2 are needed"):
            build_dataset(corpus_of(text), fraction)
        return
    dataset = build_dataset(corpus_of(text), fraction)
    decode = dataset.vocabulary.decode
    assert decode(dataset.training_ids) + decode(dataset.validation_ids) == text
    assert dataset.validation_ids.size == validation_length


def test_ids_are_read_only_and_the_dataset_is_frozen() -> None:
    dataset = build_dataset(corpus_of("abcabc"), 0.2)
    for ids in (dataset.training_ids, dataset.validation_ids):
        with pytest.raises(ValueError, match="read-only"):
            ids[0] = 0
    with pytest.raises(FrozenInstanceError):
        dataset.name = "other"  # type: ignore[misc]


def empirical_entropy(counts: Counter[object]) -> float:
    total = sum(counts.values())
    return -sum(n / total * math.log(n / total) for n in counts.values())


@pytest.mark.parametrize("table_limit", [1 << 22, 0])
@given(ids=st.lists(st.integers(0, 5), min_size=2))
def test_reference_losses_are_the_empirical_entropies(table_limit: int, ids: list[int]) -> None:
    original = references_module._TABLE_LIMIT
    references_module._TABLE_LIMIT = table_limit
    try:
        losses = reference_losses(np.array(ids, dtype=np.uint8), 6, 0.25)
    finally:
        references_module._TABLE_LIMIT = original
    # The plain definition: the mean of -ln p(next | previous) with p counted from the pairs.
    pairs, firsts = Counter(pairwise(ids)), Counter(ids[:-1])
    conditional = -sum(
        count * math.log(count / firsts[first]) for (first, _), count in pairs.items()
    ) / (len(ids) - 1)
    assert losses.uniform == math.log(6)
    assert losses.unigram == pytest.approx(empirical_entropy(Counter(ids)), abs=1e-12)
    assert losses.bigram == pytest.approx(conditional, abs=1e-12)
    assert losses.true_entropy == 0.25


def test_pairs_across_the_borders_of_pieces_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = np.random.default_rng(1).integers(0, 7, 2 * CHUNK_LENGTH + 3).astype(np.uint8)
    full = reference_losses(ids, 7)
    monkeypatch.setattr(references_module, "_TABLE_LIMIT", 0)
    sparse = reference_losses(ids, 7)
    table = np.zeros((7, 7))
    np.add.at(table, (ids[:-1], ids[1:]), 1)
    joint = table / table.sum()
    conditional = -(joint * np.log(joint / joint.sum(axis=1, keepdims=True))).sum()
    assert full.bigram == pytest.approx(conditional, rel=1e-12)
    assert sparse.bigram == pytest.approx(conditional, rel=1e-12)


@pytest.mark.parametrize("name", ["tales", "brackets", "sums"])
def test_references_of_generated_corpora_are_ordered(name: str) -> None:
    losses = build_dataset(load_corpus(name), 0.1).references
    assert losses.true_entropy is not None
    assert losses.true_entropy < 0.75 * losses.bigram
    assert losses.bigram < losses.unigram < losses.uniform


def test_a_given_vocabulary_skips_what_it_lacks_and_says_so() -> None:
    vocabulary = Vocabulary(("b", "a"))
    dataset = build_dataset(corpus_of("abxab\nx", 0.5), 0.0, vocabulary)
    assert dataset.vocabulary is vocabulary
    assert vocabulary.decode(dataset.training_ids) == "abab"
    assert dataset.notices == (
        "3 characters of Notes that the vocabulary does not know were skipped: "
        'U+000A (line end), "x".',
    )
    # The text with holes is not the source whose entropy is known.
    assert dataset.references.true_entropy is None


def test_one_skipped_character_is_said_in_the_singular() -> None:
    dataset = build_dataset(corpus_of("abxab"), 0.0, Vocabulary(("a", "b")))
    assert dataset.notices == (
        '1 character of Notes that the vocabulary does not know was skipped: "x".',
    )


def test_notices_and_true_entropy_of_the_corpus_are_passed_on() -> None:
    corpus = Corpus("a.txt", "a.txt", "abab", 0.5, ("It was read as Latin-1.",))
    dataset = build_dataset(corpus, 0.0)
    assert dataset.notices == ("It was read as Latin-1.",)
    assert dataset.references.true_entropy == 0.5
    assert (dataset.name, dataset.title) == ("a.txt", "a.txt")


def test_the_fingerprint_follows_vocabulary_ids_and_split_only() -> None:
    def fingerprint(text: str, fraction: float = 0.25, vocabulary: Vocabulary | None = None) -> str:
        return build_dataset(corpus_of(text), fraction, vocabulary).fingerprint

    base = fingerprint("abcabcab")
    assert len(base) == 64
    assert fingerprint("abcabcab") == base
    assert build_dataset(Corpus("x", "y", "abcabcab"), 0.25).fingerprint == base
    assert fingerprint("abcabcaa") != base
    assert fingerprint("abdabdab") != base
    assert fingerprint("abcabcab", 0.5) != base
    assert fingerprint("abcabcab", 0.25, Vocabulary(("a", "c", "b"))) != base


def test_the_fingerprint_of_characters_is_the_one_in_files_that_were_saved() -> None:
    assert build_dataset(corpus_of("abcabcab"), 0.25).fingerprint == (
        "216d9cefd24ada744a82d7ecf6c48193201117e1bc867d4ac9502afdae15e639"
    )


@pytest.mark.parametrize("level", ["character", "grapheme", "word", "bare-word"])
def test_progress_goes_from_0_to_1_without_going_back(level: Level) -> None:
    reports: list[tuple[float, str]] = []
    build_dataset(
        corpus_of("a b c " * 10), 0.1, progress=lambda *report: reports.append(report), level=level
    )
    fractions = [fraction for fraction, _ in reports]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0.0
    assert fractions[-1] == 1.0
    assert len({doing for _, doing in reports}) == 4


@pytest.mark.parametrize("fraction", [-0.1, 1.0, 2.0, math.nan])
def test_a_fraction_out_of_range_is_refused(fraction: float) -> None:
    with pytest.raises(DataError, match="validation fraction must be at least 0"):
        build_dataset(corpus_of("abc"), fraction)


@pytest.mark.parametrize(
    ("text", "vocabulary", "sentence"),
    [
        ("", None, "Notes is empty."),
        (
            "aaa",
            None,
            'Notes has one distinct character only, "a": there is nothing to predict.',
        ),
        ("abc", ("x", "y"), "Notes shares no character with the vocabulary."),
        (
            "axy",
            ("a", "b"),
            "Notes has 1 token, of which 1 would be left to train on; at least 2 are needed.",
        ),
    ],
)
def test_a_text_with_nothing_to_learn_is_refused(
    text: str, vocabulary: tuple[str, ...] | None, sentence: str
) -> None:
    chosen = None if vocabulary is None else Vocabulary(vocabulary)
    with pytest.raises(DataError) as caught:
        build_dataset(corpus_of(text), 0.0, chosen)
    assert str(caught.value) == sentence


sentences = st.text(st.sampled_from("abcd'., \n")).filter(lambda text: len(set(tokenize(text))) > 1)


@given(sentences, st.floats(0, 1, exclude_max=True), st.integers(2, 10))
def test_words_for_training_and_validation_in_a_row_are_those_of_the_text(
    text: str, fraction: float, size: int
) -> None:
    tokens = tokenize(text)
    if len(tokens) - int(fraction * len(tokens)) < 2:
        with pytest.raises(DataError, match="at least 2 are needed"):
            build_dataset(corpus_of(text), fraction, level="bare-word", vocabulary_size=size)
        return
    dataset = build_dataset(corpus_of(text), fraction, level="bare-word", vocabulary_size=size)
    known = dataset.vocabulary.tokens
    assert known == BareWordVocabulary.from_text(text, size).tokens
    ids = [*dataset.training_ids, *dataset.validation_ids]
    assert [known[number] for number in ids] == [t if t in known else "<unk>" for t in tokens]
    assert dataset.validation_ids.size == int(fraction * len(tokens))
    assert bool(dataset.notices) == (0 in ids)


def test_the_references_of_words_are_over_words_and_in_another_unit_than_the_true_entropy() -> None:
    dataset = build_dataset(corpus_of("the fox the hen the", 0.5), 0.0, level="bare-word")
    assert dataset.vocabulary.tokens == ("<unk>", "the", "fox", "hen")
    assert dataset.training_ids.tolist() == [1, 2, 1, 3, 1]
    references = dataset.references
    assert references.uniform == math.log(4)
    assert references.unigram == pytest.approx(
        empirical_entropy(Counter(dataset.training_ids.tolist()))
    )
    assert references.bigram == pytest.approx(0.5 * math.log(2))
    assert references.true_entropy is None
    assert dataset.notices == ()


def test_how_much_of_the_text_is_unknown_is_said_and_never_rounded_up_to_all() -> None:
    def notices(text: str, size: int) -> tuple[str, ...]:
        return build_dataset(corpus_of(text), 0.0, level="bare-word", vocabulary_size=size).notices

    assert notices("a b " * 40 + "c d", 3) == (
        "The vocabulary of 3 words knows 97.5 % of the text; the rest is read as <unk>.",
    )
    (notice,) = notices("a b " * 5000 + "c", 3)
    assert "knows 99.9 %" in notice


def test_the_level_of_a_given_vocabulary_is_what_counts() -> None:
    vocabulary = BareWordVocabulary(("<unk>", "fox", "the"))
    corpus = Corpus("n", "Notes", "the fox and the hen", None, ("It was read as Latin-1.",))
    dataset = build_dataset(corpus, 0.0, vocabulary)
    assert dataset.vocabulary is vocabulary
    assert dataset.training_ids.tolist() == [2, 1, 0, 2, 0]
    assert dataset.notices == (
        "It was read as Latin-1.",
        "The vocabulary of 3 words knows 60.0 % of the text; the rest is read as <unk>.",
    )
    characters = build_dataset(corpus, 0.0, Vocabulary.from_text(corpus.text), level="bare-word")
    assert characters.training_ids.size == len(corpus.text)


def test_the_fingerprint_tells_the_levels_apart() -> None:
    # The same ids and lengths: only the vocabularies differ.
    characters = build_dataset(corpus_of("baab"), 0.0, Vocabulary(("x", "b", "a")))
    words = build_dataset(corpus_of("b a a b"), 0.0, level="bare-word")
    assert characters.training_ids.tolist() == words.training_ids.tolist()
    assert characters.fingerprint != words.fingerprint


@pytest.mark.parametrize(
    ("text", "vocabulary", "sentence"),
    [
        ("", None, "Notes is empty."),
        (" \t ", None, "Notes has no words."),
        ("\n\n", None, "Notes has one distinct word only, U+000A (line end): there is nothing"),
        ("fox fox", None, 'Notes has one distinct word only, "fox": there is nothing to predict.'),
        ("fox fox", ("<unk>", "fox"), 'Notes has one distinct word only, "fox": there is'),
        ("fox hen", ("<unk>", "ox"), "Notes shares no word with the vocabulary."),
    ],
)
def test_a_text_with_no_words_to_learn_is_refused(
    text: str, vocabulary: tuple[str, ...] | None, sentence: str
) -> None:
    chosen = None if vocabulary is None else BareWordVocabulary(vocabulary)
    with pytest.raises(DataError) as caught:
        build_dataset(corpus_of(text), 0.0, chosen, level="bare-word")
    assert str(caught.value).startswith(sentence)


def test_a_text_of_too_few_words_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        build_dataset(corpus_of("fox hen"), 0.5, level="bare-word")
    assert str(caught.value) == (
        "Notes has 2 tokens, of which 1 would be left to train on; at least 2 are needed."
    )


@given(text=st.text("ab \n.'\"é", min_size=2).filter(lambda text: len(set(text)) > 1))
def test_a_window_of_characters_is_written_down_as_its_text(text: str) -> None:
    dataset = build_dataset(Corpus("t", "T", text), 0.0)
    tokens = dataset.input_labels(dataset.training_ids)
    assert OWN.written("character", tokens[:-1], tokens[1:]) == text


@given(st.lists(st.sampled_from(["the", "don't", "fox", ".", '"', "\n", "(", ")"]), min_size=2))
def test_a_window_of_words_is_read_again_as_the_same_words(words: list[str]) -> None:
    text = OWN.written("bare-word", words[:-1], words[1:])
    assert tokenize(text) == words
    assert OWN.written("bare-word", ["<unk>", *words[:-1]], words[1:]) == text, (
        "unknown ones are not"
    )
