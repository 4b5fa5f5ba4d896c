"""The models by name. Importing this loads none of the libraries that only fitting needs."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tastemaker.models.als import Als
from tastemaker.models.content import Content
from tastemaker.models.ease import Ease
from tastemaker.models.ials import Ials
from tastemaker.models.item_knn import ItemKnn
from tastemaker.models.lightfm import LightFm
from tastemaker.models.near import Near
from tastemaker.models.popular import Popular
from tastemaker.models.transitions import Transitions
from tastemaker.ports import CandidateModel

MODELS: Mapping[str, type[CandidateModel[Any]]] = MappingProxyType(
    {
        model.name: model
        for model in (
            Popular,
            Als,
            Ials,
            Ease,
            Near,
            Transitions,
            ItemKnn,
            Content,
            LightFm,
        )
    }
)
