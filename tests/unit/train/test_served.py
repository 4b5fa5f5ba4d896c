"""A version is judged with the rankers that it serves with."""

from datetime import UTC, datetime
from pathlib import Path

from tastemaker.models.manifest import Provenance
from tastemaker.models.ranker import RankerConfig
from tastemaker.recommend.ranking_config import RankingConfig
from tastemaker.recommend.variant import VariantConfig, scorer
from tastemaker.train.fit import fit_models
from tastemaker.train.model_store import ModelStore
from tastemaker.train.recipe import RECIPE
from tastemaker.train.served import as_trained
from tastemaker.train.version_record import VersionRecord, write_record
from tests.unit.recommend.small_world import training_set

MODELS = ("popular", "ease")
TAUGHT = RankingConfig(min_requests=10, n_folds=2, ranker=RankerConfig(n_trees=5, depth=3))


def test_a_recipe_with_a_key_that_is_no_more_does_not_take_the_ranker_away(tmp_path: Path) -> None:
    made = Provenance(
        version="v1", created_at=datetime(2026, 1, 1, tzinfo=UTC), data_version="", seed=1
    )
    variants = {"ranked": VariantConfig(models=MODELS, ranking=TAUGHT)}
    bundle = fit_models(
        training_set(), MODELS, {}, made, lambda _step, _done: None, variants=variants
    )
    folder = tmp_path / "v1"
    bundle.save(folder)
    write_record(folder, VersionRecord(variant="ranked"))
    (folder / RECIPE).write_text('{"variants": {"ranked": {"ranking": {"n_sieves": 3}}}}')
    today = {
        "popular": VariantConfig(models=("popular",)),
        "ranked": VariantConfig(models=MODELS, ranking=RankingConfig()),
    }
    served = as_trained(ModelStore(tmp_path), "v1", today, "popular", "popular")
    assert served.default == "ranked"
    assert served.ranked == ("ranked",)
    history = training_set().history(0).latest(2)
    theirs, ours = served.scorer("ranked"), scorer(variants["ranked"], bundle, "ranked")
    assert theirs.score_many([history]).tobytes() == ours.score_many([history]).tobytes()
