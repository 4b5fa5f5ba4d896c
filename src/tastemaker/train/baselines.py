"""What every model is shown beside: what is popular, and what people with the same items used."""

import numpy as np

from tastemaker.core.training_set import TrainingSet
from tastemaker.models.item_knn import ItemKnn, ItemKnnConfig
from tastemaker.models.popular import Popular, PopularConfig
from tastemaker.train.measure import ScoreMany

BASELINES = ("popular", "item_knn")


def baselines(training: TrainingSet, rng: np.random.Generator) -> dict[str, ScoreMany]:
    """Scorers of BASELINES with their default settings. Raises NotEnoughData without events."""
    popular = Popular.fit(training, PopularConfig(), rng)
    item_knn = ItemKnn.fit(training, ItemKnnConfig(), rng)
    return {"popular": popular.score_many, "item_knn": item_knn.score_many}
