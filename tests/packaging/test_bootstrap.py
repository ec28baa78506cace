import ast
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

BOOTSTRAP = Path(__file__).parents[2] / "packaging" / "bootstrap.py"


def test_an_old_python_can_read_the_file() -> None:
    ast.parse(BOOTSTRAP.read_text(encoding="utf-8"), feature_version=(3, 4))


def test_nothing_but_sys_is_imported_before_the_version_is_known() -> None:
    module = ast.parse(BOOTSTRAP.read_text(encoding="utf-8"))
    imported = [node for node in module.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert [ast.unparse(node) for node in imported] == ["import sys"]


@pytest.mark.parametrize("version", [(3, 4, 10), (3, 10, 14, "final", 0)])
def test_an_old_python_is_refused_in_one_sentence(
    version: tuple[int | str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(SystemExit) as refusal:
        runpy.run_path(str(BOOTSTRAP), run_name="__main__")
    message = str(refusal.value)
    assert "needs Python 3.11 or newer" in message
    assert ".".join(str(part) for part in version[:3]) in message
    assert "\n" not in message


@pytest.mark.parametrize(("words", "status"), [([], 2), (["start"], 2), (["--help"], 0)])
def test_the_usage_is_shown_without_setting_anything_up(words: list[str], status: int) -> None:
    done = subprocess.run(
        [sys.executable, str(BOOTSTRAP), *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == status
    usage = done.stdout if status == 0 else done.stderr
    assert "run [ARGUMENTS...]" in usage
    assert "test [ARGUMENTS...]" in usage
