"""Lines come out whole, whatever bytes the file holds."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tastemaker.core.errors import FileUnreadable
from tastemaker.ingest.lines import read_lines

PEAK_OF_A_LONG_LINE = """
import sys
from pathlib import Path
from tastemaker.ingest.lines import read_lines
blocks = list(read_lines(Path(sys.argv[1])))
print([text for block in blocks for text in block.texts if text])
print([line[:2] for block in blocks for line in block.rejected])
# Not getrusage: Linux hands the peak of the parent on to it.
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
"""


def texts(path: Path) -> list[str]:
    return [text for block in read_lines(path) for text in block.texts]


def rejected(path: Path) -> list[tuple[int, str, str]]:
    return [line for block in read_lines(path) for line in block.rejected]


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\n\r\0"), max_size=20), min_size=1
    )
)
def test_utf8_lines_come_back_as_they_are(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    path = tmp_path_factory.mktemp("lines") / "file"
    written = ["first", *lines, "last"]
    path.write_bytes("\r\n".join(written).encode())
    assert texts(path) == written


def test_a_line_that_is_not_utf8_costs_itself_only(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"one\ncaf\xe9\nthree\n")
    assert texts(path) == ["one", "three"]
    assert rejected(path) == [(2, "not valid UTF-8", "caf\\xe9")]


def test_the_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"\xef\xbb\xbfuser,item")
    assert texts(path) == ["user,item"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        ("user,item".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04\0\0\0\0", "not text"),
    ],
)
def test_what_is_no_text_is_refused_as_a_whole(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(FileUnreadable, match=said):
        texts(path)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="No such file"):
        texts(tmp_path / "nowhere")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_a_billion_characters_in_a_line_cost_neither_memory_nor_the_lines_around(
    tmp_path: Path,
) -> None:
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.write(b"first\n")
        file.seek(10**9, 1)  # a hole full of zero bytes, which takes no room
        file.write(b"\nlast\n")
    answer = subprocess.run(
        [sys.executable, "-c", PEAK_OF_A_LONG_LINE, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    kept, set_aside, peak_kib = answer.stdout.splitlines()
    assert kept == "['first', 'last']"
    assert set_aside == "[(2, 'line too long')]"
    assert int(peak_kib) < 400 * 1024
