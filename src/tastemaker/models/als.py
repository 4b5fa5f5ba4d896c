"""Taste as a vector, the classic way: Hu, Koren and Volinsky (2008).

A pair's preference is 1 where it was observed and 0 elsewhere; its confidence is 1 + alpha weight.
The ridge is the same for every user and item.
"""

from typing import ClassVar

from pydantic import BaseModel, Field

from tastemaker.models.factor_model import FactorConfig, FactorModel
from tastemaker.models.fold_in import FoldInRule


class AlsConfig(FactorConfig, frozen=True, extra="forbid"):
    alpha: float = Field(default=2.0, gt=0)  # confidence added by an entry of weight 1
    reg: float = Field(default=20.0, gt=0)  # ridge of every user and item

    def rule(self) -> FoldInRule:
        return FoldInRule(confidence=self.alpha, alpha0=1.0, reg=self.reg, nu=0.0, plus_alpha0=True)


class Als(FactorModel):
    name: ClassVar[str] = "als"
    config_class: ClassVar[type[BaseModel]] = AlsConfig
