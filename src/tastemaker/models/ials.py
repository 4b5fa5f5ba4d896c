"""Taste as a vector: alternating least squares with frequency-scaled regularisation.

The objective of Rendle, Krichene, Zhang and Koren (2021), "Revisiting the performance of iALS":
every unobserved pair pulls a score to 0 with weight alpha0, every observed one to 1 with its own
weight, and the ridge of a user or item grows with its number of pairs to the power nu.
"""

from typing import ClassVar

from pydantic import BaseModel, Field

from tastemaker.models.factor_model import FactorConfig, FactorModel
from tastemaker.models.fold_in import FoldInRule


class IalsConfig(FactorConfig, frozen=True, extra="forbid"):
    n_epochs: int = Field(default=16, ge=1, le=1000)
    alpha0: float = Field(default=0.3, gt=0)  # weight of an unobserved pair
    reg: float = Field(default=0.01, gt=0)  # ridge, before it is scaled by frequency
    nu: float = Field(default=1.0, ge=0, le=1)  # power of the frequency; 0 is a uniform ridge

    def rule(self) -> FoldInRule:
        return FoldInRule(
            confidence=1.0, alpha0=self.alpha0, reg=self.reg, nu=self.nu, plus_alpha0=False
        )


class Ials(FactorModel):
    name: ClassVar[str] = "ials"
    config_class: ClassVar[type[BaseModel]] = IalsConfig
