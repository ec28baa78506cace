"""The file of symbols holds all that is shown, as ziamath sets it."""

import json

import pytest

from rnnviz.gui.inside.typesetting import as_json, typeset
from symbols import PATH, symbols


@pytest.mark.slow
def test_the_file_is_what_is_written_today(qapp) -> None:
    wanted = symbols()
    kept = {line[0] for line in json.loads(PATH.read_text(encoding="utf-8"))["symbols"]}
    assert wanted == kept, "run packaging/symbols.py"
    written = as_json({tex: typeset(tex) for tex in sorted(wanted)})
    assert PATH.read_text(encoding="utf-8") == written
