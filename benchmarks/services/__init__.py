"""The platform as services, under load: each part by itself is `services.NAME`.

Client and servers share the machine. The models are those of MovieLens 1M, trained once into
var/bench (or TASTEMAKER_BENCH_HOME) and used again. `services` alone runs what takes minutes;
`services.soak` takes half an hour.
"""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.services import accepting, effect, personal, refreshing, stored
from benchmarks.table import Row


def rows(data_dir: Path) -> Iterator[Row]:
    for part in (stored, personal, accepting, effect, refreshing):
        yield from part.rows(data_dir)
