"""A home folder with a small data set, and trainings of it, for the tests of the loop."""

from pathlib import Path

from tastemaker.config import Settings, load_settings
from tastemaker.wire import extract_catalogue, ingest, preprocess


def silent(_step: str, _done: float) -> None:
    """Progress nobody looks at."""


def home_with(folder: Path, csv: str, **sections: object) -> Settings:
    """csv: user_id,item_id,value and maybe at. Ingested, with features and a catalogue."""
    (folder / "events.csv").write_text(csv)
    settings = settings_of(folder, **sections)
    ingest(settings, dry_run=False, replace=False, on_progress=silent)
    preprocess(settings, silent)
    extract_catalogue(settings)
    return settings


def settings_of(folder: Path, **sections: object) -> Settings:
    given = {
        "home": folder / "home",
        "data": {
            "source": str(folder / "events.csv"),
            "columns": {"user": "user_id", "item": "item_id", "value": "value"} | _time(folder),
        },
        "train": {"tracking": {"is_on": False}},
        "variants": {"item_knn": {"models": ["item_knn"]}},
        "recommend": {"default_variant": "item_knn", "similar_variant": "item_knn"},
    }
    return load_settings(None, **{**given, **sections})


def _time(folder: Path) -> dict[str, str]:
    header = (folder / "events.csv").read_text().splitlines()[0]
    return {"at": "at"} if header.endswith(",at") else {}


def circles(n_users: int = 150, n_items: int = 40, per_user: int = 12) -> str:
    """Everybody walks some way along the same circle of items, from a place of their own."""
    lines = ["user_id,item_id,value,at"]
    for user in range(n_users):
        for step in range(per_user):
            item = (user * 7 + step) % n_items
            lines.append(f"u{user},i{item:02},5,{1_600_000_000 + user * 1_000 + step * 60}")
    return "\n".join(lines) + "\n"
