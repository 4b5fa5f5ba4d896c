from datetime import UTC, datetime, timedelta
from pathlib import Path

from tastemaker.pictures.disk_cache import DiskCache

LONG = timedelta(days=180)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def n_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def test_what_was_put_is_got_back_also_by_another_process(tmp_path: Path) -> None:
    clock = Clock()
    DiskCache(tmp_path / "new", 1_000, clock).put("a", b"content")
    assert DiskCache(tmp_path / "new", 1_000, clock).get("a", LONG) == b"content"


def test_the_size_stays_within_the_cap(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path, 1_000, Clock())
    for number in range(50):
        cache.put(str(number), b"x" * 100)
        assert n_bytes(tmp_path) <= 1_000


def test_the_least_recently_used_make_room(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path, 1_000, Clock())
    for name in "abcdefghij":
        cache.put(name, b"x" * 100)
    assert cache.get("a", LONG) is not None
    cache.put("new", b"x" * 100)
    assert cache.get("b", LONG) is None
    assert cache.get("a", LONG) is not None
    assert cache.get("new", LONG) is not None


def test_use_does_not_make_younger(tmp_path: Path) -> None:
    clock = Clock()
    cache = DiskCache(tmp_path, 1_000, clock)
    cache.put("a", b"content")
    for _ in range(3):
        clock.now += timedelta(days=60)
        last = cache.get("a", LONG)
    assert last is None


def test_a_disk_that_cannot_be_written_keeps_nothing_and_hurts_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = DiskCache(tmp_path / "file" / "folder", 1_000, Clock())
    cache.put("a", b"content")
    assert cache.get("a", LONG) is None
