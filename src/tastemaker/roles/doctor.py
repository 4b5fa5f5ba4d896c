"""What works, whether answers are personal, what is missing and what to do."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tastemaker.core.errors import TastemakerError
from tastemaker.core.ids import UserId
from tastemaker.core.slate import Source
from tastemaker.ingest.dataset import Dataset
from tastemaker.models.manifest import Manifest
from tastemaker.recommend.people import People
from tastemaker.recommend.pipeline import Recommender
from tastemaker.recommend.slate_request import SlateRequest

_ENOUGH_DISK_BYTES = 2**30
_MANY_REJECTED = 0.01


class Health(StrEnum):
    GOOD = "good"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """next_step: empty where nothing need be done."""

    health: Health
    what: str
    next_step: str = ""


def try_out(check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """The findings of a check; an error on the way is one more."""
    try:
        yield from check()
    except TastemakerError as error:
        where = f" ({error.where})" if error.where else ""
        yield Finding(Health.BROKEN, f"{error.what}{where}.", error.next_step)


def disk(home: Path) -> Iterator[Finding]:
    """home: may not be there yet."""
    existing = next(folder for folder in (home, *home.absolute().parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    what = f"{free / 2**30:,.1f} GiB are free at {home}."
    if free < _ENOUGH_DISK_BYTES:
        yield Finding(Health.WARNING, what, "Free some space, or choose another --home.")
    else:
        yield Finding(Health.GOOD, what)


def data(dataset: Dataset | None) -> Iterator[Finding]:
    """dataset: None before the first ingest."""
    if dataset is None:
        yield Finding(
            Health.BROKEN,
            "There is no data: nothing can be recommended.",
            "Ingest some: tastemaker ingest movielens-small, or your own file.",
        )
        return
    said = dataset.metadata
    rows = {name: table.n_rows for name, table in said.tables.items()}
    yield Finding(
        Health.GOOD,
        f"The data set {said.version} has "
        + ", ".join(f"{count:,} {name}" for name, count in rows.items())
        + f" of {said.n_users:,} users.",
    )
    if said.last_at is None:
        yield Finding(
            Health.WARNING,
            "The data has no times: what comes next cannot be learned.",
            "Name the column of the time: --timestamp-column.",
        )


def models(current: Manifest | None, data_is_newer: bool) -> Iterator[Finding]:
    """current: None before the first training."""
    if current is None:
        yield Finding(
            Health.BROKEN, "No model is trained: nobody gets an answer.", "Run: tastemaker train."
        )
        return
    trained = ", ".join(sorted(current.configs))
    made = current.provenance
    yield Finding(
        Health.GOOD,
        f"Models of {made.created_at:%Y-%m-%d %H:%M} UTC are in service: {trained}, trained on "
        f"{current.n_events:,} events of {current.n_users:,} users.",
    )
    if data_is_newer:
        yield Finding(
            Health.WARNING,
            "Data or configuration have changed since: answers do not know it yet.",
            "Run: tastemaker train.",
        )


def experiments(untrained: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """untrained: by experiment, its variants without a model."""
    for name, variants in untrained.items():
        yield Finding(
            Health.WARNING,
            f"The experiment '{name}' names untrained variants: {', '.join(variants)}. Their users "
            "are shown what is popular.",
            "Train them, or take them out of the experiment.",
        )


def events_in_redis(careless: Sequence[str]) -> Iterator[Finding]:
    """Where events are accepted by a bus in Redis. careless: settings by which it may lose them."""
    if careless:
        yield Finding(
            Health.WARNING,
            f"Events are accepted by a bus in Redis that may lose them: {', '.join(careless)}.",
            "Set appendonly yes, appendfsync always and maxmemory-policy noeviction there, or "
            'interactions.through = "database" here.',
        )
    else:
        yield Finding(
            Health.GOOD,
            "Events are accepted by a bus in Redis that keeps them, as long as nobody empties it.",
        )


def answers(recommender: Recommender, people: People, user_id: UserId | None) -> Iterator[Finding]:
    """Asks for a known user and for a new one, as the server does."""
    untrained = recommender.default_variant not in recommender.variants
    if untrained:
        yield Finding(
            Health.WARNING,
            f"Answers are not personal: the variant '{recommender.default_variant}' has no model.",
            "Train it, or choose another one in recommend.default_variant.",
        )
    if user_id is not None:
        slate = recommender.recommend(SlateRequest(people.past(user_id), k=10))
        is_personal = slate.source is Source.MODEL
        if is_personal:
            yield Finding(
                Health.GOOD,
                f"Answers are personal: user {user_id} gets {len(slate.items)} items from "
                f"'{slate.model}', each with its reason.",
            )
        elif not untrained:
            yield Finding(
                Health.WARNING,
                f"User {user_id} has a history, but gets only what is {slate.source.value}.",
                "See whether the items of the history are in the catalogue and were trained on.",
            )
    new = recommender.recommend(SlateRequest([], k=10))
    yield Finding(
        Health.GOOD,
        f"A user nobody has seen gets {len(new.items)} items named '{new.source.value}', and "
        "personal ones from the first click.",
    )
