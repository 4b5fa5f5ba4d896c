"""A whole evaluation: baselines beside the variants, repeatable, reported in every form."""

from datetime import UTC, datetime
from pathlib import Path

import orjson
import polars as pl
import pytest
from matplotlib.image import imread
from rich.console import Console

from tastemaker.core.errors import NotEnoughData, NotFound, RequestInvalid, StoreUnavailable
from tastemaker.core.weights import FeedbackWeights
from tastemaker.models.ranker import RankerConfig
from tastemaker.recommend.ranking_config import RankingConfig
from tastemaker.recommend.variant import VariantConfig
from tastemaker.train.report import as_json, per_user, tables, write_report
from tastemaker.train.run_evaluation import (
    EvaluationPlan,
    Part,
    Report,
    as_asked,
    chosen_variants,
    run_evaluation,
)
from tastemaker.train.split import Protocol, SplitConfig
from tastemaker.train.split_data import split_data
from tests.unit.train.rated import rated, ratings

WORLD = ratings(n_users=90, n_items=40, per_user=12)
VARIANTS = {
    "ease": VariantConfig(models=("ease",)),
    "fusion": VariantConfig(models=("ease", "item_knn")),
}

RANKED = VariantConfig(
    models=("ease",),
    ranking=RankingConfig(
        n_candidates=10,
        min_requests=10,
        n_folds=2,
        negatives_kept=1.0,
        ranker=RankerConfig(n_trees=10, depth=3),
    ),
)


def _run(
    protocol: Protocol,
    ks: tuple[int, ...] | None = None,
    part: Part = "test",
    world: pl.DataFrame = WORLD,
    variants: dict[str, VariantConfig] = VARIANTS,
) -> Report:
    plan = EvaluationPlan(protocol, variants, {}, FeedbackWeights(), seed=5, part=part, ks=ks)
    return _planned(plan, world)


def _planned(plan: EvaluationPlan, world: pl.DataFrame = WORLD) -> Report:
    return run_evaluation(
        world,
        None,
        plan,
        clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
        on_progress=lambda _step, _done: None,
    )


@pytest.fixture(scope="module")
def report() -> Report:
    return _run(Protocol.STRONG)


def test_more_rounds_ask_more_people_and_begin_with_the_same_ones(report: Report) -> None:
    plan = EvaluationPlan(Protocol.STRONG, VARIANTS, {}, FeedbackWeights(), seed=5, rounds=3)
    more = _planned(plan).evaluation
    first = report.evaluation
    n_first = len(first.user_ids)
    assert list(more.user_ids[:n_first]) == list(first.user_ids)
    assert len(set(more.user_ids)) == len(more.user_ids) > 2 * n_first
    for name, measured in first.measured.items():
        values = more.measured[name].per_user[more.main_metric]
        assert list(values[:n_first]) == list(measured.per_user[more.main_metric])
        assert more.intervals[name][more.main_metric].mean == pytest.approx(values.mean())


@pytest.mark.parametrize(
    ("protocol", "part"), [(Protocol.LAST_OUT, "test"), (Protocol.STRONG, "validation")]
)
def test_rounds_are_refused_where_nobody_is_drawn(protocol: Protocol, part: Part) -> None:
    plan = EvaluationPlan(protocol, VARIANTS, {}, FeedbackWeights(), seed=5, part=part, rounds=2)
    with pytest.raises(RequestInvalid, match="rounds"):
        _planned(plan)


@pytest.mark.parametrize("protocol", Protocol)
def test_the_baselines_stand_beside_every_variant(protocol: Protocol) -> None:
    evaluation = _run(protocol).evaluation
    assert list(evaluation.measured) == ["popular", "item_knn", "ease", "fusion"]
    pairs = {frozenset((one.first, one.second)) for one in evaluation.comparisons}
    assert len(pairs) == 6


def test_a_repeated_evaluation_gives_the_same_figures(report: Report) -> None:
    again = as_json(_run(Protocol.STRONG))
    first = as_json(report)
    for one in (first, again):
        for scorer in one["scorers"].values():
            del scorer["score_s"]
    assert first == again


def test_the_better_of_a_pair_comes_first(report: Report) -> None:
    assert all(one.difference.interval.mean >= 0 for one in report.evaluation.comparisons)


def test_validation_and_test_ask_about_different_people(report: Report) -> None:
    validation = _run(Protocol.STRONG, part="validation")
    assert not set(validation.evaluation.user_ids) & set(report.evaluation.user_ids)


@pytest.mark.parametrize("ks", [(), (0,), (-5, 10)])
def test_a_k_below_one_is_refused(ks: tuple[int, ...]) -> None:
    with pytest.raises(RequestInvalid, match="k is"):
        _run(Protocol.STRONG, ks=ks)


def test_a_k_beyond_the_catalogue_finds_everything_the_model_would_show() -> None:
    ends = _run(Protocol.STRONG, ks=(10**9,)).evaluation.intervals
    assert ends["popular"]["hit_rate@1000000000"].mean == 1.0


def test_data_too_small_for_a_variant_is_named() -> None:
    tiny = rated([(f"u{user}", "only", 5.0, user) for user in range(9)])
    with pytest.raises(NotEnoughData):
        _run(Protocol.LAST_OUT, world=tiny)


def test_an_unknown_variant_is_named_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match=r"No variant 'eese'.*ease, fusion"):
        chosen_variants(["ease", "eese"], VARIANTS)


def test_json_and_per_user_values_tell_the_same(report: Report, tmp_path: Path) -> None:
    json_path, parquet_path, plot_path = write_report(report, tmp_path / "new" / "folder")
    written = orjson.loads(json_path.read_bytes())
    means = pl.read_parquet(parquet_path).group_by("scorer").agg(pl.col("ndcg@100").mean())
    for scorer, mean in means.rows():
        assert written["scorers"][scorer]["metrics"]["ndcg@100"]["mean"] == pytest.approx(mean)
    assert written["scorers"]["popular"]["is_baseline"] is True
    assert len(per_user(report.evaluation)) == 4 * written["n_users_asked_about"]
    assert imread(plot_path).shape[1] > 1000


@pytest.mark.parametrize("protocol", [Protocol.LAST_OUT, Protocol.TIME])
def test_a_ranker_told_the_moment_stands_beside_one_taught_without(protocol: Protocol) -> None:
    report = _run(protocol, variants={"ranked": RANKED})
    assert {"ranked", "ranked_untimed"} <= set(report.evaluation.measured)
    assert report.told_moment == {"ranked"}
    told = {name: one["told_moment"] for name, one in as_json(report)["scorers"].items()}
    assert told == {"popular": False, "item_knn": False, "ranked": True, "ranked_untimed": False}
    assert "Told the moment of the request: ranked;" in _shown(report)


def test_where_no_moment_is_asked_about_there_is_one_figure() -> None:
    report = _run(Protocol.STRONG, variants={"ranked": RANKED})
    assert list(report.evaluation.measured) == ["popular", "item_knn", "ranked"]
    assert not report.told_moment
    assert "Told" not in _shown(report)


def test_what_a_ranker_reads_most_is_reported() -> None:
    report = _run(Protocol.STRONG, variants={"ranked": RANKED, "ease": VARIANTS["ease"]})
    of_ranker = as_json(report)["importances"]["ranked"]
    assert list(as_json(report)["importances"]) == ["ranked"]
    assert sum(of_ranker.values()) == pytest.approx(100, abs=0.5)
    most = next(iter(of_ranker))
    assert of_ranker[most] == max(of_ranker.values())
    assert "Read most by the ranker of ranked feature importance of 100" in _shown(report)
    assert f"{most} {of_ranker[most]:.1f}" in _shown(report)


def test_the_strong_protocol_teaches_on_parts_of_pasts() -> None:
    splits = split_data(WORLD, None, Protocol.STRONG, FeedbackWeights(), SplitConfig())
    asked, _ = as_asked({"ranked": RANKED}, splits.test, Protocol.STRONG)
    assert asked["ranked"].ranking is not None
    assert asked["ranked"].ranking.moments == "any"


def test_a_folder_that_cannot_be_made_is_one_clear_error(report: Report, tmp_path: Path) -> None:
    blocking = tmp_path / "file"
    blocking.write_text("in the way")
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        write_report(report, blocking / "report")


def test_the_terminal_shows_every_scorer_and_the_note(report: Report) -> None:
    shown = _shown(report)
    assert all(name in shown for name in ("popular", "item_knn", "ease", "fusion"))
    assert "Scaled down to 1" in shown
    assert "…" not in shown


def _shown(report: Report) -> str:
    console = Console(width=80)
    with console.capture() as captured:
        for table in tables(report):
            console.print(table)
    return " ".join(captured.get().split())
