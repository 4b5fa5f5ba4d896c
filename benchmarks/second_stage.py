"""What a second stage adds to the best of its own models, user by user, under every protocol.

The best is picked by the test itself, which favours it. Settings are those of the configuration,
chosen on validation users; how many moments a person is asked for where people are few, on those
of the two smaller data sets. The produce of a supermarket (2,300 products, 2,400 households)
stands for a shop.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from benchmarks.table import Row
from tastemaker.config import DEFAULT_VARIANTS
from tastemaker.core.clock import system_clock
from tastemaker.core.weights import FeedbackWeights
from tastemaker.ingest.frames import ITEMS_SCHEMA
from tastemaker.ingest.limits import IngestConfig
from tastemaker.ingest.merge import Tables
from tastemaker.recommend.variant import VariantConfig
from tastemaker.train.batch_files import read_source
from tastemaker.train.evaluate import Evaluation
from tastemaker.train.run_evaluation import UNTIMED, EvaluationPlan, Report, run_evaluation
from tastemaker.train.split import Protocol

FULL = "full"
SEED = 42
PROTOCOLS = (Protocol.STRONG, Protocol.LAST_OUT, Protocol.TIME)
SHOP_DEPARTMENT = "PRODUCE"
FEW_USERS = 6_000
ROUNDS_OF_FEW = 5
"""Of asking other people, where one round has fewer than the published thousand."""


def rows(data_dir: Path) -> Iterator[Row]:
    """Of every protocol and data set; a data set that is not there is left out."""
    for folder, read in DATA_SETS.items():
        if (data_dir / folder).is_dir():
            tables = read(data_dir / folder)
            for protocol in PROTOCOLS:
                yield from _rows_of(f"{folder}, {protocol}", _measured(tables, protocol))


def _measured(tables: Tables, protocol: Protocol) -> Report:
    full = DEFAULT_VARIANTS[FULL]
    alone = {model: VariantConfig(models=(model,)) for model in full.models}
    plan = EvaluationPlan(protocol, {**alone, FULL: full}, {}, FeedbackWeights(), seed=SEED)
    is_small = tables.interactions["user_id"].n_unique() < FEW_USERS
    if protocol is Protocol.STRONG and is_small:
        plan = replace(plan, rounds=ROUNDS_OF_FEW)
    return run_evaluation(
        tables.interactions, tables.items, plan, clock=system_clock, on_progress=_silent
    )


def _rows_of(what: str, report: Report) -> Iterator[Row]:
    evaluation = report.evaluation
    models = DEFAULT_VARIANTS[FULL].models
    best = max(models, key=lambda model: _mean(evaluation, model))
    for ours in (FULL, FULL + UNTIMED):
        if ours not in evaluation.measured:
            continue
        told = ", told the moment" if ours in report.told_moment else ""
        yield Row(
            f"{what}, {evaluation.main_metric}: {ours}{told}",
            f"{_mean(evaluation, ours):.4f}",
            peer=f"{best}: {_mean(evaluation, best):.4f}",
        )
        yield Row(f"{what}: {ours} less {best}", _difference(evaluation, ours, best), "> 0")


def _mean(evaluation: Evaluation, name: str) -> float:
    return evaluation.intervals[name][evaluation.main_metric].mean


def _difference(evaluation: Evaluation, ours: str, best: str) -> str:
    for one in evaluation.comparisons:
        between = one.difference.interval
        if (one.first, one.second) == (ours, best):
            return f"{between.mean:+.4f} ({between.low:+.4f} to {between.high:+.4f})"
        if (one.first, one.second) == (best, ours):
            return f"{-between.mean:+.4f} ({-between.high:+.4f} to {-between.low:+.4f})"
    return ""


def _movielens(folder: Path) -> Tables:
    return read_source(str(folder), None, IngestConfig(), clock=system_clock, on_progress=_silent)


def _shop(folder: Path) -> Tables:
    products = pl.read_parquet(folder / "products.parquet").filter(
        pl.col("department") == SHOP_DEPARTMENT
    )
    bought = (
        pl.read_parquet(folder / "transactions.parquet")
        .join(products, on="product_id", how="semi", maintain_order="left")
        .select(
            pl.col("household_id").cast(pl.String).alias("user_id"),
            pl.col("product_id").cast(pl.String).alias("item_id"),
            pl.lit("purchase").alias("action"),
            pl.lit(None, pl.Float32).alias("value"),
            pl.lit(None, pl.Float32).alias("price"),
            pl.col("transaction_timestamp").dt.cast_time_unit("us").dt.replace_time_zone("UTC")
            .alias("at"),
        )
        .sort("at", maintain_order=True)
        .with_row_index("row")
        .with_columns(pl.col("row").cast(pl.Int64))
    )  # fmt: skip
    return Tables(bought, _described(products))


def _described(products: pl.DataFrame) -> pl.DataFrame:
    """The shop's own table of products, in the columns of a catalogue."""
    described = products.select(
        pl.col("product_id").cast(pl.String).alias("item_id"),
        pl.lit("product").alias("kind"),
        pl.col("product_type").alias("title"),
        pl.concat_list("product_category").list.drop_nulls().alias("genres"),
        pl.concat_list("brand", "package_size").list.drop_nulls().alias("tags"),
        pl.lit(True).alias("available"),
    )
    return pl.concat([pl.DataFrame(schema=ITEMS_SCHEMA), described], how="diagonal")


DATA_SETS = {"ml-latest-small": _movielens, "ml-1m": _movielens, "complete-journey": _shop}


def _silent(_step: str, _done: float) -> None:
    """Figures are told by the table alone."""
