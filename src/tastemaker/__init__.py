"""A self-hosted recommender platform: from interactions to personal recommendations.

`tastemaker.fit`, `tastemaker.load` and the types of their arguments are loaded when first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tastemaker.core.weights import FeedbackWeights
    from tastemaker.ingest.columns import ColumnMap
    from tastemaker.recommend.variant import VariantConfig
    from tastemaker.train.batch import fit, load
    from tastemaker.train.batch_files import write_recommendations
    from tastemaker.train.batch_model import BatchModel

__all__ = [
    "BatchModel",
    "ColumnMap",
    "FeedbackWeights",
    "VariantConfig",
    "fit",
    "load",
    "write_recommendations",
]

_HOMES = {
    "BatchModel": "tastemaker.train.batch_model",
    "ColumnMap": "tastemaker.ingest.columns",
    "FeedbackWeights": "tastemaker.core.weights",
    "VariantConfig": "tastemaker.recommend.variant",
    "fit": "tastemaker.train.batch",
    "load": "tastemaker.train.batch",
    "write_recommendations": "tastemaker.train.batch_files",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
