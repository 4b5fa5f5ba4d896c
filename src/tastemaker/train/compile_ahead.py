"""Compiled code for the first training on a machine, made while the data is still read."""

from datetime import UTC, datetime

import numpy as np

from tastemaker.core.item_attributes import ItemAttributes
from tastemaker.core.training_set import TrainingSet
from tastemaker.models.manifest import Provenance
from tastemaker.models.ranker import RankerConfig
from tastemaker.recommend.ranking_config import RankingConfig
from tastemaker.recommend.variant import VariantConfig, scorer
from tastemaker.train.fit import fit_models

MODELS = ("ease", "near", "transitions")
"""Those with compiled code, in the order in which a training comes to them."""

NAME = "made up"
N_PEOPLE, N_ITEMS, N_RARE, N_ENTRIES = 40, 40, 20, 12


def compile_ahead() -> None:
    """Fits a small second stage to people made up, and asks it: what is compiled on the way stays
    in the cache of compiled code, where a training in another process finds it."""
    ranking = RankingConfig(min_requests=10, n_cuts=2, n_folds=2, ranker=RankerConfig(n_trees=1))
    variant = VariantConfig(models=MODELS, ranking=ranking)
    provenance = Provenance(
        version="", created_at=datetime.fromtimestamp(0, UTC), data_version="", seed=0
    )
    training = _made_up()
    fitted = fit_models(
        training, MODELS, {}, provenance, lambda _step, _done: None, variants={NAME: variant}
    )
    scorer(variant, fitted, NAME).score_many([training.history(0)])


def _made_up() -> TrainingSet:
    """Everybody used one of the rare items, which stand outside what the models keep dense."""
    rng = np.random.default_rng(0)
    often = [rng.permutation(N_ITEMS - N_RARE)[: N_ENTRIES - 1] for _ in range(N_PEOPLE)]
    item = [np.append(N_ITEMS - 1 - person % N_RARE, own) for person, own in enumerate(often)]
    n_events = N_PEOPLE * N_ENTRIES
    return TrainingSet(
        item_ids=np.arange(N_ITEMS).astype(np.str_),
        user_ptr=np.arange(0, n_events + 1, N_ENTRIES),
        item=np.concatenate(item).astype(np.int32),
        weight=np.ones(n_events, np.float32),
        at_s=np.arange(1, n_events + 1),
        attributes=ItemAttributes.none(N_ITEMS),
    )


if __name__ == "__main__":
    compile_ahead()
