"""How a server is told of the small home it is started on."""

from pathlib import Path


def source_of(circles_home: Path) -> dict[str, str]:
    """Its data, configured as it was ingested, and answers no busy machine can be late for."""
    return {
        "TASTEMAKER__DATA__SOURCE": str(circles_home.parent / "events.csv"),
        "TASTEMAKER__RECOMMEND__DEFAULT_VARIANT": "transitions",
        # As the home was trained, or the server would begin by training.
        "TASTEMAKER__VARIANTS__ITEM_KNN__MODELS": '["item_knn"]',
        # These tests are about what is served: on a busy machine a passed deadline is no fault.
        "TASTEMAKER__RECOMMEND__DEADLINE_MS": "10000",
        "TASTEMAKER__API__LOOK_EVERY_S": "0.1",
        "TASTEMAKER__TRAIN__BESIDE__NICENESS": "0",
    }
