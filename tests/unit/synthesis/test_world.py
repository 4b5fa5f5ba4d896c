"""Generated data: the same for the same seed, and with tastes that can be found."""

import numpy as np
import polars as pl
import pytest

from tastemaker.core.history import History
from tastemaker.core.item import ItemKind
from tastemaker.core.weights import FeedbackWeights
from tastemaker.features.training_set import build_training_set
from tastemaker.ingest.frames import INTERACTIONS_SCHEMA, ITEMS_SCHEMA
from tastemaker.ingest.items import bare_items
from tastemaker.models.ease import Ease, EaseConfig
from tastemaker.models.popular import Popular, PopularConfig
from tastemaker.synthesis.world import World, WorldConfig, generate

CONFIG = WorldConfig(n_users=300, n_items=120, n_tastes=6, events_a_user=15, seed=3)


@pytest.fixture(scope="module")
def world() -> World:
    return generate(CONFIG)


def _tables(world: World) -> list[pl.DataFrame]:
    return [world.users, world.movies, world.watched, world.likes, world.bookmarks]


def test_the_same_seed_makes_the_same_world(world: World) -> None:
    again = generate(CONFIG)
    assert all(one.equals(other) for one, other in zip(_tables(world), _tables(again), strict=True))
    other = generate(CONFIG.model_copy(update={"seed": 4}))
    assert not world.watched.equals(other.watched)


def test_a_person_meets_a_film_once_and_every_event_is_possible(world: World) -> None:
    events = world.interactions()
    assert len(events) == world.n_events
    assert not events.select("user_id", "item_id").is_duplicated().any()
    assert set(events["user_id"]) <= set(world.users["user_id"])
    assert set(events["item_id"]) <= set(world.movies["movie_id"])
    assert world.likes["rating"].is_between(1, 10).all()
    assert 0 < world.watched["finished"].mean() < 1  # type: ignore[operator]


def test_a_model_finds_the_tastes_that_were_drawn(world: World) -> None:
    events = world.interactions().sort("at")
    last = events.unique("user_id", keep="last", maintain_order=True)
    before = events.join(last, on=["user_id", "item_id"], how="anti")
    rows = before.with_columns(price=pl.lit(None, pl.Float32)).with_row_index("row")
    items = bare_items(world.movies["movie_id"], ItemKind.MOVIE)
    training, _ = build_training_set(
        rows.select(pl.col(name).cast(kind) for name, kind in INTERACTIONS_SCHEMA.items()),
        items.select(ITEMS_SCHEMA.names()),
        FeedbackWeights(),
    )
    rng = np.random.default_rng(0)
    ease = Ease.fit(training, EaseConfig(ridge=20.0), rng)
    popular = Popular.fit(training, PopularConfig(), rng)
    position = {item: number for number, item in enumerate(training.item_ids)}
    taste = dict(world.users.select("user_id", "taste").iter_rows())
    hits = {"ease": 0, "popular": 0}
    of_taste = {"ease": 0, "popular": 0}
    for user, item in last.select("user_id", "item_id").iter_rows():
        seen = [position[i] for i in before.filter(pl.col("user_id") == user)["item_id"]]
        history = History(
            np.array(seen, np.int32),
            np.ones(len(seen), np.float32),
            np.zeros(len(seen), np.int64),
        )
        for name, model in (("ease", ease), ("popular", popular)):
            score = model.score(history).copy()
            score[seen] = -np.inf
            shown = [training.item_ids[at] for at in np.argsort(-score)[:10]]
            hits[name] += item in shown
            of_taste[name] += sum(int(one[1:]) % CONFIG.n_tastes == taste[user] for one in shown)
    assert hits["ease"] > 1.5 * hits["popular"]
    assert of_taste["ease"] > 2 * of_taste["popular"]
