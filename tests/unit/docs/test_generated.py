"""What is written from the code is as the code is."""

from pathlib import Path

import pytest
from docs.generate import documents

DOCUMENTS = documents()


@pytest.mark.parametrize("path", list(DOCUMENTS), ids=lambda path: Path(path).name)
def test_a_generated_file_is_up_to_date(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == DOCUMENTS[path], "run `make docs`"
