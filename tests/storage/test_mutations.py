"""Whatever became of a model file: a sentence says why it cannot be opened, or it is a model."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from .mutations import MUTATIONS, foreign_files, model_files, mutated, opens


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    return model_files(tmp_path_factory.mktemp("models")) + foreign_files()


@pytest.mark.parametrize("seed", range(8))
def test_a_mutated_file_is_refused_in_a_sentence_or_trains(
    seed: int, contents: list[bytes], tmp_path: Path
) -> None:
    drawn, path = random.Random(seed), tmp_path / "m.rnnviz"
    seen: dict[str, set[bool]] = {}
    for _ in range(60):
        way, content = mutated(drawn, contents)
        path.write_bytes(content)
        seen.setdefault(way, set()).add(opens(path))
    assert len(seen) >= len(set(MUTATIONS)) - 2
