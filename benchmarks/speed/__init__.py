"""How fast models are fitted and slates answered, beside the same peers: each part by itself is
`speed.NAME`.
"""

from collections.abc import Iterator
from pathlib import Path

from benchmarks.table import Row


def rows(data_dir: Path) -> Iterator[Row]:
    # Here, not above: a part that starts itself anew would count the memory of all the others.
    from benchmarks.speed import fitting, serving, training, training_beside_serving

    for part in (fitting, training, serving, training_beside_serving):
        yield from part.rows(data_dir)
