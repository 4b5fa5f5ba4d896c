"""A variant with a ranker, from fitting to the slate."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from structlog.testing import capture_logs

from tastemaker.core.errors import ModelCorrupt, NotEnoughData
from tastemaker.core.history import History
from tastemaker.core.slate import Source
from tastemaker.models.bundle import ModelBundle, verify_bundle
from tastemaker.models.manifest import Provenance
from tastemaker.models.ranker import TREES, Ranker, RankerConfig
from tastemaker.recommend.ranking_config import RankingConfig
from tastemaker.recommend.second_stage import SecondStage
from tastemaker.recommend.slate_request import SlateRequest
from tastemaker.recommend.variant import VariantConfig, ranker_key, scorer
from tastemaker.train.fit import fit_models
from tests.unit.models.stored_before import without_checksums
from tests.unit.recommend.small_world import recommender, training_set, watched

MODELS = ("transitions", "ease", "ials")
RANKED = VariantConfig(
    models=MODELS,
    ranking=RankingConfig(
        n_candidates=10,
        min_requests=10,
        n_folds=2,
        negatives_kept=1.0,
        ranker=RankerConfig(n_trees=20, depth=3),
    ),
)


def _fitted(variant: VariantConfig) -> tuple[ModelBundle, list[str]]:
    provenance = Provenance(
        version="v1", created_at=datetime(2026, 1, 1, tzinfo=UTC), data_version="d1", seed=1
    )
    left_out: list[str] = []

    def note(name: str, _why: NotEnoughData) -> None:
        left_out.append(name)

    bundle = fit_models(
        training_set(),
        ("popular", *MODELS),
        {},
        provenance,
        lambda _step, _done: None,
        on_left_out=note,
        variants={"ranked": variant},
    )
    return bundle, left_out


@pytest.fixture(scope="module")
def bundle() -> ModelBundle:
    return _fitted(RANKED)[0]


def test_a_ranked_slate_is_personal_and_has_reasons(bundle: ModelBundle) -> None:
    service = recommender(models=bundle, variants={"ranked": RANKED}, default_variant="ranked")
    slate = service.recommend(SlateRequest(watched("ab"), k=3))
    assert slate.source is Source.MODEL
    assert slate.items[0].item_id == "c"
    assert slate.items[0].models
    assert slate.items[0].reason.because


def test_someone_nobody_knows_gets_what_is_popular(bundle: ModelBundle) -> None:
    service = recommender(models=bundle, variants={"ranked": RANKED}, default_variant="ranked")
    assert service.recommend(SlateRequest([], k=3)).source is Source.POPULAR
    assert service.recommend(SlateRequest(watched("h"), k=3)).source is Source.POPULAR


def test_a_model_is_named_beside_what_it_puts_first_itself(bundle: ModelBundle) -> None:
    stage = scorer(RANKED, bundle, "ranked").second_stage
    assert stage is not None
    history = training_set().history(0).latest(2)
    allowed = np.ones(training_set().n_items, np.bool_)
    allowed[history.item] = False
    few = replace(stage, presenter=replace(stage.presenter, config=_of_few(stage)))
    candidates = few.candidates(history, allowed, 1)
    n = len(candidates.item)
    assert n < allowed.sum()
    for name, score, rank in zip(MODELS, candidates.score, candidates.rank, strict=True):
        own = bundle.models[name].score(history)[allowed]
        assert rank.max() <= n
        for one, place in zip(score, rank, strict=True):
            is_first = one > 0 and (own >= one).sum() <= n
            assert place == ((own >= one).sum() if is_first else 0)


def _of_few(stage: SecondStage) -> RankingConfig:
    return stage.presenter.config.model_copy(update={"n_candidates": 3})


def test_what_was_taught_without_the_moment_is_not_told_it() -> None:
    assert RANKED.ranking is not None
    parts = RANKED.ranking.model_copy(update={"moments": "any"})
    variant = RANKED.model_copy(update={"ranking": parts})
    of_variant = scorer(variant, _fitted(variant)[0], "ranked")
    assert of_variant.second_stage is not None
    history = training_set().history(0).latest(2)
    later_s = int(history.at_s[0]) + 10_000_000
    told = of_variant.score_many([history], [later_s])
    assert told.tobytes() == of_variant.score_many([history]).tobytes()


def test_a_past_without_times_was_not_long_ago(
    bundle: ModelBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def by_time_away(ranker: Ranker, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        return rows[:, ranker.features.index("request_gap")]

    monkeypatch.setattr(Ranker, "score", by_time_away)
    service = recommender(models=bundle, variants={"ranked": RANKED}, default_variant="ranked")
    timed, untimed = watched("ab"), [replace(event, at_s=0) for event in watched("ab")]
    slate, later = (service.recommend(SlateRequest(past, k=3)) for past in (untimed, timed))
    history = History(np.array([1, 0], np.int32), np.ones(2, np.float32), np.zeros(2, np.int64))
    allowed = np.ones(training_set().n_items, np.bool_)
    allowed[history.item] = False
    unknown = scorer(RANKED, bundle, "ranked").rank(history, allowed, 3, request_at_s=None)
    assert [item.item_id for item in slate.items] == list(bundle.item_ids[unknown.item])
    assert [item.score for item in slate.items] == unknown.score.tolist()
    assert all(item.score > 0 for item in later.items)


def test_at_an_unknown_moment_trends_are_those_of_today(bundle: ModelBundle) -> None:
    stage = scorer(RANKED, bundle, "ranked").second_stage
    assert stage is not None
    known = training_set().history(0).latest(2)
    untimed = replace(known, at_s=np.zeros(2, np.int64))
    allowed = np.ones(training_set().n_items, np.bool_)
    age = stage.presenter.features.index("age")
    now_s = stage.presenter.statistics.newest_at_s
    at_unknown = stage.presented(untimed, None, allowed, 1).rows[:, age]
    assert at_unknown.tolist() == stage.presented(untimed, now_s, allowed, 1).rows[:, age].tolist()


def test_a_ranker_of_other_features_is_not_asked(bundle: ModelBundle) -> None:
    key = ranker_key(RANKED)
    older = replace(bundle.rankers[key], features=("a", "b"))
    assert scorer(RANKED, replace(bundle, rankers={key: older}), "ranked").second_stage is None


def test_a_bundle_keeps_its_ranker(bundle: ModelBundle, tmp_path: Path) -> None:
    bundle.save(tmp_path / "v1")
    verify_bundle(tmp_path / "v1")
    loaded = ModelBundle.load(tmp_path / "v1")
    history = training_set().history(0).latest(2)
    before, after = (scorer(RANKED, b, "ranked").score_many([history]) for b in (bundle, loaded))
    assert before.tobytes() == after.tobytes()
    record = loaded.manifest.rankers[ranker_key(RANKED)]
    assert record.models == MODELS
    assert record.uses_moment
    assert 0 < record.candidate_recall[10] <= 1


def test_a_bundle_with_half_a_ranker_is_refused(bundle: ModelBundle, tmp_path: Path) -> None:
    bundle.save(tmp_path / "v1")
    trees = tmp_path / "v1" / ranker_key(RANKED) / TREES
    trees.write_bytes(trees.read_bytes()[:100])
    with pytest.raises(ModelCorrupt):
        ModelBundle.load(tmp_path / "v1")
    with pytest.raises(ModelCorrupt):
        verify_bundle(tmp_path / "v1")


def test_with_too_little_to_learn_from_ranks_are_fused() -> None:
    assert RANKED.ranking is not None
    ranking = RANKED.ranking.model_copy(update={"min_requests": 1_000})
    greedy = RANKED.model_copy(update={"ranking": ranking})
    bundle, left_out = _fitted(greedy)
    assert left_out == ["ranker of ranked"]
    assert not bundle.manifest.rankers
    of_variant = scorer(greedy, bundle, "ranked")
    assert of_variant.second_stage is None
    assert len(of_variant.models) == len(MODELS)


@pytest.mark.parametrize(
    "edited",
    [
        {"n_cuts": 3, "ranker": RankerConfig(n_trees=7)},
        {"n_candidates": 50, "uses_moment": False},
    ],
)
def test_a_version_answers_by_what_it_was_taught_whatever_the_settings_say_since(
    bundle: ModelBundle, edited: dict[str, Any]
) -> None:
    assert RANKED.ranking is not None
    since = RANKED.model_copy(
        update={"ranking": RANKED.ranking.model_copy(update=edited), "models": ("ials",)}
    )
    history = training_set().history(0).latest(2)
    before, after = (scorer(one, bundle, "ranked") for one in (RANKED, since))
    assert after.second_stage is not None
    assert before.score_many([history]).tobytes() == after.score_many([history]).tobytes()
    slates = [
        recommender(models=bundle, variants={"ranked": one}, default_variant="ranked").recommend(
            SlateRequest(watched("ab"), k=3)
        )
        for one in (RANKED, since)
    ]
    assert slates[0].items == slates[1].items


def test_the_ranker_of_another_variant_is_not_taken(bundle: ModelBundle) -> None:
    other = RANKED.model_copy(update={"ranking": RankingConfig(n_cuts=3)})
    assert scorer(other, bundle, "other").second_stage is None
    assert scorer(RANKED, bundle, "other").second_stage is not None
    assert scorer(VariantConfig(models=MODELS), bundle, "ranked").second_stage is None


def test_rankers_that_do_not_tell_their_variants_are_found_by_their_settings(
    bundle: ModelBundle, tmp_path: Path
) -> None:
    bundle.save(tmp_path / "v1")

    def change(manifest: dict[str, Any]) -> None:
        for record in manifest["rankers"].values():
            del record["variants"], record["n_candidates"]

    without_checksums(tmp_path / "v1", change)
    older = ModelBundle.load(tmp_path / "v1")
    assert scorer(RANKED, older, "ranked").second_stage is not None
    edited = RANKED.model_copy(update={"ranking": RankingConfig(n_candidates=50)})
    assert scorer(edited, older, "ranked").second_stage is None


def test_a_server_without_the_ranker_of_a_variant_says_so_once() -> None:
    variants = {"ranked": RANKED, "fused": VariantConfig(models=MODELS)}
    with capture_logs() as logs:
        service = recommender(variants=variants, default_variant="ranked")
        slates = [
            service.recommend(SlateRequest(watched("ab"), k=3, variant=name)) for name in variants
        ]
    said = [line for line in logs if line["event"] == "ranker missing"]
    assert [(line["log_level"], line["variants"]) for line in said] == [("warning", ["ranked"])]
    assert slates[0].items == slates[1].items
