import hashlib
import importlib
import math
import re
from collections import Counter

import pytest

from rnnviz.data import CORPORA, Corpus, DataError, load_corpus
from rnnviz.data.corpora import python_source
from rnnviz.data.corpora.sums import LIMIT, entropy_rate

PLURALS_WITHOUT_S = {"children", "ferrymen", "mice", "geese"}


@pytest.fixture(scope="module")
def tales() -> Corpus:
    return load_corpus("tales")


def test_the_menu_begins_with_the_default_and_keeps_its_order() -> None:
    names = list(CORPORA)
    generated = ["tales", "hello", "brackets", "counting", "sums"]
    assert names == [*generated, "python-reference", "python-source"]
    assert all(c.title and c.description.endswith(".") for c in CORPORA.values())


@pytest.mark.parametrize("name", list(CORPORA))
def test_a_corpus_is_named_as_in_the_menu_and_reports_its_end(name: str) -> None:
    reports: list[float] = []
    corpus = load_corpus(name, lambda fraction, _: reports.append(fraction))
    assert (corpus.name, corpus.title) == (name, CORPORA[name].title)
    assert corpus.notices == ()
    assert "\r" not in corpus.text
    assert 300_000 < len(corpus.text) < 5_000_000
    assert reports == sorted(reports)
    assert (reports[0], reports[-1]) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("tales", "1149acd11905ce5f5e55f3ab4427119e3325e2cee7ae1b4ab3b0f1ad8749f1be"),
        ("hello", "8ed0f1ff85b4a81e394bf8ff05e0b15ce8720b0111de05ff53e81b9bcfba7cde"),
        ("brackets", "73e599db2a42325dc3545b29ef585bb7cb4015da5c7d83073ded294d88f8bc05"),
        ("counting", "a0584c0e1fa04e3486e7bb3f6713477c1a961021b255d296c752c4b2adfbbb16"),
        ("sums", "e59aced9c4d034c6015c188987193250c4f298f8382284236fe520e81daf9074"),
    ],
)
def test_a_generated_text_is_the_same_on_every_machine(name: str, digest: str) -> None:
    # Saved models are resumed on it: a change here is a new corpus and needs a new name.
    assert hashlib.sha256(load_corpus(name).text.encode()).hexdigest() == digest


def test_an_unknown_corpus_is_refused_with_the_known_ones() -> None:
    with pytest.raises(DataError) as caught:
        load_corpus("poems")
    assert str(caught.value) == (
        'There is no corpus "poems"; there are tales, hello, brackets, counting, sums, '
        "python-reference, python-source."
    )


def test_hello_is_one_word_over_and_over_and_nothing_in_it_is_a_surprise() -> None:
    corpus = load_corpus("hello")
    assert set(re.findall("hello|.", corpus.text)) == {"hello"}
    assert corpus.true_entropy == 0


def test_every_line_of_counting_has_as_many_b_as_a() -> None:
    lines = load_corpus("counting").text.splitlines()
    assert {len(line) for line in lines} == {2 * n for n in range(1, 13)}
    assert all(line == "a" * (len(line) // 2) + "b" * (len(line) // 2) for line in lines)


def test_the_entropy_of_counting_is_that_of_its_numbers_over_its_characters() -> None:
    # A line has 2 n + 1 characters, n being 6.5 on average, and all else follows from n.
    assert load_corpus("counting").true_entropy == pytest.approx(math.log(12) / 14, rel=1e-12)


def test_tales_use_small_letters_and_little_punctuation(tales: Corpus) -> None:
    assert set(tales.text) == set("abcdefghijklmnopqrstuvwxyz ,.?\n")
    assert re.fullmatch(r"([a-z, ]+[.?][ \n])+", tales.text)
    assert "  " not in tales.text


def is_plural(noun: str) -> bool:
    return noun.endswith("s") or noun in PLURALS_WITHOUT_S


def test_verbs_of_tales_agree_with_a_subject_a_clause_away(tales: Corpus) -> None:
    # "the foxes that the miller trusts have": the nearest noun is not the subject.
    clauses = re.findall(
        r"[.?][ \n]the (?:\w+ )?(\w+) (?:that|whom) the (\w+) (\w+) (has|have|is|are)\b",
        tales.text,
    )
    crossed = 0
    for subject, nearest, inner_verb, verb in clauses:
        assert (verb in ("have", "are")) == is_plural(subject)
        assert inner_verb.endswith("s") != is_plural(nearest)
        crossed += is_plural(subject) != is_plural(nearest)
    assert crossed > 20


def test_articles_of_tales_fit_the_sound_that_follows(tales: Corpus) -> None:
    assert not re.search(r"\ba [aeiou]", tales.text)
    assert not re.search(r"\ban [^aeiou]", tales.text)


def test_every_bracket_is_closed_by_its_own_kind() -> None:
    partner = {")": "(", "]": "[", "}": "{"}
    deepest = 0
    for line in load_corpus("brackets").text.splitlines():
        assert line
        stack: list[str] = []
        for character in line:
            if character in partner:
                assert stack.pop() == partner[character]
            else:
                stack.append(character)
                deepest = max(deepest, len(stack))
        assert not stack
    assert deepest == 5


def test_every_sum_is_right() -> None:
    text = load_corpus("sums").text
    sums = re.findall(r"(\d+)\+(\d+)=(\d+);", text)
    assert "".join(f"{a}+{b}={c};" for a, b, c in sums) == text
    assert all(int(a) + int(b) == int(c) for a, b, c in sums)
    addends = Counter(int(n) for a, b, _ in sums for n in (a, b))
    assert set(addends) == set(range(LIMIT))


def test_the_entropy_of_sums_is_what_a_perfect_reader_needs() -> None:
    """Predict character by character, counting the sums that go on as the one read so far."""
    sums = [f"{a}+{b}={a + b};" for a in range(LIMIT) for b in range(LIMIT)]
    going_on = Counter(text[:length] for text in sums for length in range(len(text) + 1))
    nats = sum(
        math.log(going_on[text[:length]] / going_on[text[: length + 1]])
        for text in sums
        for length in range(len(text))
    )
    assert entropy_rate() == pytest.approx(nats / sum(map(len, sums)), rel=1e-12)
    assert load_corpus("sums").true_entropy == entropy_rate()


@pytest.mark.parametrize("name", ["python-reference", "python-source"])
def test_texts_of_the_interpreter_have_no_spaces_at_the_ends_of_lines(name: str) -> None:
    corpus = load_corpus(name)
    assert not re.search(r"[ \t]\n", corpus.text)
    assert corpus.true_entropy is None
    assert corpus.text == load_corpus(name).text


def test_an_interpreter_without_the_reference_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(DataError) as caught:
        load_corpus("python-reference")
    assert str(caught.value) == "This Python comes without its language reference."


def test_an_interpreter_without_source_code_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python_source.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DataError) as caught:
        load_corpus("python-source")
    assert str(caught.value) == (
        "This Python comes without the source code of its standard library."
    )


def test_a_missing_module_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    find_spec = importlib.util.find_spec

    def without_argparse(name: str) -> object:
        if name == "argparse":
            raise ModuleNotFoundError(name)
        return find_spec(name)

    whole = load_corpus("python-source").text
    monkeypatch.setattr(python_source.importlib.util, "find_spec", without_argparse)
    rest = load_corpus("python-source").text
    assert whole.endswith(rest)
    assert len(rest) < len(whole)
