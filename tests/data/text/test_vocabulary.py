import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.data import DataError, Vocabulary
from rnnviz.data.progress import CHUNK_LENGTH

characters = st.characters(exclude_categories=["Cs"])


@given(st.text(characters, min_size=1))
def test_decoding_what_was_encoded_gives_the_text_back(text: str) -> None:
    vocabulary = Vocabulary.from_text(text)
    assert vocabulary.decode(vocabulary.encode(text)) == text


@given(st.text(characters, min_size=1))
def test_the_tokens_of_a_text_are_its_distinct_characters_by_code_point(text: str) -> None:
    assert Vocabulary.from_text(text).tokens == tuple(sorted(set(text)))


@given(st.text(characters, min_size=1), st.text(characters))
def test_skipping_leaves_exactly_the_known_characters(known: str, text: str) -> None:
    vocabulary = Vocabulary.from_text(known)
    kept = vocabulary.encode(text, unknown="skip")
    assert vocabulary.decode(kept) == "".join(c for c in text if c in known)


@given(st.lists(characters, min_size=1, unique=True))
def test_a_given_order_of_tokens_is_kept(tokens: list[str]) -> None:
    vocabulary = Vocabulary(tuple(tokens))
    assert vocabulary.encode("".join(tokens)).tolist() == list(range(len(tokens)))


def test_a_list_from_json_becomes_a_tuple() -> None:
    assert Vocabulary(["b", "a"]).tokens == ("b", "a")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("size", "dtype"),
    [(1, np.uint8), (256, np.uint8), (257, np.uint16), (65536, np.uint16), (65537, np.uint32)],
)
def test_ids_have_the_smallest_type_that_holds_them(size: int, dtype: type) -> None:
    text = "".join(map(chr, range(0x10000, 0x10000 + size)))
    ids = Vocabulary.from_text(text).encode(text)
    assert ids.dtype == dtype
    assert ids[-1] == size - 1
    assert Vocabulary.from_text(text).encode(text + "a", unknown="skip").dtype == dtype


def test_a_text_of_several_pieces_is_encoded_whole_and_reported() -> None:
    text = "ab" * CHUNK_LENGTH + "cé"
    reports: list[float] = []
    vocabulary = Vocabulary.from_text(text, lambda fraction, _: reports.append(fraction))
    assert vocabulary.tokens == ("a", "b", "c", "é")
    assert reports[0] == 0.0
    assert reports[-1] == 1.0
    assert reports == sorted(reports)
    ids = vocabulary.encode(text)
    assert ids.size == len(text)
    assert np.array_equal(ids[: 2 * CHUNK_LENGTH], np.tile([0, 1], CHUNK_LENGTH))
    assert vocabulary.decode(ids[-3:]) == "bcé"


def test_an_exception_in_the_progress_ends_the_work() -> None:
    class Cancelled(Exception):  # noqa: N818  # nothing went wrong
        pass

    def cancel(fraction: float, doing: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        Vocabulary.from_text("abc", cancel)
    with pytest.raises(Cancelled):
        Vocabulary.from_text("abc").encode("abc", progress=cancel)


def test_unknown_characters_are_named_so_that_they_can_be_read() -> None:
    with pytest.raises(DataError) as caught:
        Vocabulary.from_text("abc").encode("az\nz\u200béa")
    assert str(caught.value) == (
        'The text has characters that the vocabulary does not know: "z", U+000A (line end), '
        'U+200B (zero width space), "é".'
    )


def test_of_many_unknown_characters_the_first_are_named_and_the_rest_counted() -> None:
    with pytest.raises(DataError, match=r'"5", "4", "3", "2", "1" and 2 more\.$'):
        Vocabulary.from_text("abc").encode("5432109")


@pytest.mark.parametrize(
    ("tokens", "part"),
    [
        ((), "at least one character"),
        (("a", "b", "a"), 'has "a" twice'),
        (("a", "bc"), "Entry 1 of the vocabulary is not a single character"),
        (("",), "Entry 0"),
        (("a", 5), "Entry 1"),
        ("abc", "must be a list"),
        (None, "must be a list"),
        ({"a": 1}, "must be a list"),
        (("\ud800",), "U+D800"),
    ],
)
def test_tokens_that_are_no_vocabulary_are_refused_in_a_sentence(tokens: object, part: str) -> None:
    with pytest.raises(DataError) as caught:
        Vocabulary(tokens)  # type: ignore[arg-type]
    assert part in str(caught.value)
    assert str(caught.value).endswith(".")


def test_the_empty_text_has_no_vocabulary() -> None:
    with pytest.raises(DataError, match="at least one character"):
        Vocabulary.from_text("")


def test_half_of_a_surrogate_pair_is_refused_and_not_a_crash() -> None:
    with pytest.raises(DataError, match=r"U\+DC00"):
        Vocabulary.from_text("a\udc00")
    with pytest.raises(DataError, match=r"U\+DC00"):
        Vocabulary.from_text("a").encode("a\udc00")


@pytest.mark.parametrize("ids", [[3], [-1], [0.5], ["a"]])
def test_ids_of_no_token_are_refused(ids: list[object]) -> None:
    with pytest.raises(DataError, match="Token ids"):
        Vocabulary.from_text("abc").decode(ids)  # type: ignore[arg-type]


def test_a_character_is_its_own_piece_and_none_stands_for_the_unknown() -> None:
    vocabulary = Vocabulary(("b", " ", "a"))
    assert vocabulary.pieces([[2, 1], [0, 2]]) == ["a", " ", "b", "a"]
    assert (vocabulary.level, vocabulary.unknown) == ("character", None)
    assert vocabulary.encode("axb", unknown="replace").tolist() == [2, 0]


def test_nothing_decodes_to_nothing() -> None:
    assert Vocabulary.from_text("abc").decode([]) == ""
    assert Vocabulary.from_text("abc").encode("").shape == (0,)


def test_vocabularies_with_the_same_tokens_are_equal() -> None:
    assert Vocabulary.from_text("ab") == Vocabulary(("a", "b"))
    assert hash(Vocabulary.from_text("ab")) == hash(Vocabulary(("a", "b")))
    assert Vocabulary(("b", "a")) != Vocabulary(("a", "b"))
