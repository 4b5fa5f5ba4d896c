"""Only events that can have happened go in, and every other row says why not."""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tastemaker.core.interaction import Action
from tastemaker.core.weights import RatingScale
from tastemaker.ingest.columns import ColumnMap
from tastemaker.ingest.delimited import DelimitedTable
from tastemaker.ingest.dialect import Dialect
from tastemaker.ingest.interactions import InteractionTable, ReadInteractions
from tastemaker.ingest.limits import IngestConfig
from tastemaker.ingest.rejects import Rejects

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
EVENTS = ColumnMap(user="u", item="i", action="a", value="v", at="t", price="p")


def read(
    folder: Path,
    lines: list[str],
    columns: ColumnMap = EVENTS,
    config: IngestConfig | None = None,
    known: pl.Series | None = None,
) -> tuple[pl.DataFrame, list[tuple[int, str]]]:
    """The good events, and (line, reason) of the bad rows."""
    path = folder / "events.tsv"
    path.write_text("\n".join(["u\ti\ta\tv\tt\tp", *lines]), newline="")
    table = InteractionTable(DelimitedTable(path, Dialect("\t")), columns)
    rejects = Rejects(1000)
    reader = ReadInteractions(config or IngestConfig(), NOW, known)
    events = reader.run(table, rejects, lambda _: None)
    return events, rejects.frame().select("line", "reason").rows()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (" \ti\tlike\t\t1\t", "missing user_id"),
        ("u\t\tlike\t\t1\t", "missing item_id"),
        (f"{'u' * 257}\ti\tlike\t\t1\t", "user_id too long"),
        ("u\ti\x00\tlike\t\t1\t", "control character in item_id"),
        ("u\ti\tadored\t\t1\t", "unknown action"),
        ("u\ti\t\t\t1\t", "unknown action"),
        ("u\ti\trate\tfive\t1\t", "value is not a number"),
        ("u\ti\trate\tnan\t1\t", "value is not a number"),
        ("u\ti\trate\t\t1\t", "missing rating"),
        ("u\ti\trate\t0\t1\t", "rating outside 0.5 to 5.0"),
        ("u\ti\trate\t5.5\t1\t", "rating outside 0.5 to 5.0"),
        ("u\ti\trate\t1e300\t1\t", "rating outside 0.5 to 5.0"),
        ("u\ti\twatched\t1.5\t1\t", "share watched outside 0 to 1"),
        ("u\ti\tpurchase\t-1\t1\t", "negative value"),
        ("u\ti\tpurchase\t1e300\t1\t", "value too large"),
        ("u\ti\tpurchase\t1\t1\t1e300", "price too large"),
        ("u\ti\tpurchase\t1\t1\tcheap", "price is not a number"),
        ("u\ti\tpurchase\t1\t1\t-2", "negative price"),
        ("u\ti\tlike\t\t\t", "missing time"),
        ("u\ti\tlike\t\tyesterday\t", "time cannot be read"),
        ("u\ti\tlike\t\t2026-02-30\t", "time cannot be read"),
        ("u\ti\tlike\t\t-5\t", "impossible time"),
        ("u\ti\tlike\t\t2027-01-01\t", "impossible time"),
        ("u\ti\tlike\t\t1e30\t", "time cannot be read"),
    ],
)
def test_a_bad_row_is_set_aside_with_its_reason(tmp_path: Path, line: str, reason: str) -> None:
    events, rejected = read(tmp_path, ["u\ti\tlike\t\t1\t", line])
    assert len(events) == 1
    assert rejected == [(3, reason)]


@pytest.mark.parametrize(
    "written",
    [
        "1577934245",
        "1577934245.0",
        "1577934245000",
        "1577934245000000",
        "2020-01-02T03:04:05",
        "2020-01-02 03:04:05.000",
        "2020-01-02T03:04:05Z",
        "2020-01-02T05:04:05+02:00",
        "2020-01-02T05:04:05.0+0200",
    ],
)
def test_times_in_every_usual_form(tmp_path: Path, written: str) -> None:
    events, rejected = read(tmp_path, [f"u\ti\tlike\t\t{written}\t"])
    assert rejected == []
    assert events["at"].to_list() == [datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)]


def test_days_and_minutes_mix_with_seconds(tmp_path: Path) -> None:
    events, _ = read(
        tmp_path, [f"u\ti\tlike\t\t{at}\t" for at in ("2020-01-02", "2020-01-02 03:04", 0)]
    )
    assert [at.isoformat() for at in events["at"]] == [
        "2020-01-02T00:00:00+00:00",
        "2020-01-02T03:04:00+00:00",
        "1970-01-01T00:00:00+00:00",
    ]


@given(
    value=st.floats(-1e3, 1e3).map(lambda value: round(value, 3)),
    at=st.integers(-(10**9), 2 * 10**9).map(lambda at_s: EPOCH + timedelta(seconds=at_s)),
    scale=st.sampled_from(list(RatingScale)),
)
def test_a_rating_goes_in_exactly_where_value_and_time_are_possible(
    tmp_path_factory: pytest.TempPathFactory, value: float, at: datetime, scale: RatingScale
) -> None:
    folder, config = tmp_path_factory.mktemp("events"), IngestConfig(rating_scale=scale)
    events, rejected = read(folder, [f"u\ti\trate\t{value}\t{at.isoformat()}\t"], config=config)
    is_possible_time = EPOCH <= at <= NOW + timedelta(days=1)
    is_good = 0.5 <= value <= config.max_rating and is_possible_time
    assert len(events) == (1 if is_good else 0)
    assert len(rejected) == (0 if is_good else 1)
    if is_good:
        assert math.isclose(events["value"][0], value, rel_tol=1e-6)
        assert events["at"][0] == at


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=30)))
def test_no_line_is_lost_and_none_stops_the_rest(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("events")
    whole = [line.replace('"', "").replace("\r", "") for line in lines]
    events, rejected = read(folder, [*whole, "u\ti\tlike\t\t1\t"])
    assert len(events) + len(rejected) == 1 + sum(1 for line in whole if line)
    assert events["user_id"].to_list()[-1:] == ["u"]


def test_an_item_that_the_catalogue_does_not_know(tmp_path: Path) -> None:
    lines = ["u\ti\tlike\t\t1\t", "u\tj\tlike\t\t1\t"]
    events, rejected = read(tmp_path, lines, known=pl.Series(["i"]))
    assert events["item_id"].to_list() == ["i"]
    assert rejected == [(3, "unknown item")]


@pytest.mark.parametrize(
    ("columns", "action"),
    [
        (ColumnMap(user="u", item="i"), Action.WATCHED),
        (ColumnMap(user="u", item="i", value="v"), Action.RATE),
        (ColumnMap(user="u", item="i", value="v", default_action=Action.PURCHASE), Action.PURCHASE),
    ],
)
def test_the_action_of_a_table_that_states_none(
    tmp_path: Path, columns: ColumnMap, action: Action
) -> None:
    events, rejected = read(tmp_path, ["u\ti\t\t3\t\t"], columns)
    assert rejected == []
    assert events["action"].to_list() == [action.value]
    assert events["at"].to_list() == [None]
