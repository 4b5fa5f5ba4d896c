"""The variants that are there without a configuration, and what a configuration changes of them."""

from typing import Any

from pydantic import BaseModel

from tastemaker.models.ranker import RankerConfig
from tastemaker.recommend.ranking_config import RankingConfig
from tastemaker.recommend.variant import VariantConfig

LIGHT_RANKING = RankingConfig(
    n_cuts=2, max_requests=20_000, n_folds=2, ranker=RankerConfig(n_trees=150, depth=6)
)

DEFAULT_VARIANTS = {
    "popular": VariantConfig(models=("popular",)),
    "als": VariantConfig(models=("als",)),
    "ials": VariantConfig(models=("ials",)),
    "ease": VariantConfig(models=("ease",)),
    "transitions": VariantConfig(models=("transitions",)),
    "fusion": VariantConfig(models=("transitions", "ease", "ials")),
    "similar": VariantConfig(
        models=("transitions", "ials", "content"), weights={"ials": 0.4, "content": 0.2}
    ),
    "als_catboost": VariantConfig(models=("als",), ranking=LIGHT_RANKING),
    "ials_catboost": VariantConfig(models=("ials",), ranking=LIGHT_RANKING),
    "full": VariantConfig(models=("transitions", "ease", "near", "ials"), ranking=RankingConfig()),
}


def laid_onto_default(name: str, given: Any) -> Any:
    """What is left out of a known variant has its default there; a new variant is as given."""
    default = DEFAULT_VARIANTS.get(name)
    if default is None or not isinstance(given, dict):
        return given
    named = given.get("models")
    if isinstance(named, list | tuple):
        # Of models that it no longer names there is nothing to weigh.
        kept = {model: w for model, w in default.weights.items() if model in named}
        default = default.model_copy(update={"weights": kept})
    return _laid_over(default, given)


def _laid_over(default: BaseModel, given: dict[str, Any]) -> dict[str, Any]:
    """Section by section; a table of the user's own keys, such as weights, is taken as given."""
    merged = dict(default)
    for key, value in given.items():
        below = merged.get(key)
        if isinstance(below, BaseModel) and isinstance(value, dict):
            merged[key] = _laid_over(below, value)
        else:
            merged[key] = value
    return merged
