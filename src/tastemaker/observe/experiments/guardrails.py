"""What a variant must not break, whatever else it is better at."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tastemaker.core.slate import Source
from tastemaker.observe.experiments.confidence import different_items
from tastemaker.observe.experiments.experiment_config import GuardrailConfig
from tastemaker.observe.experiments.tally import Tally

FALLBACKS = frozenset({Source.POPULAR, Source.POPULAR_IN_GENRE})
_FEW_SLATES = 100
"""Below it a share or a count of items is mostly chance."""


@dataclass(frozen=True, slots=True)
class Serving:
    """What one server knows of the slates it made since its start. failed: the share of requests
    that ended in an error. p95_s: the time that 95 % of its slates took at most."""

    n_made: int
    failed: float
    p95_s: float


@dataclass(frozen=True, slots=True)
class Health:
    """fallbacks: share of slates. n_different: items among as many shown as the variant has that
    showed the fewest. serving: None where it is not known."""

    fallbacks: float
    n_different: float
    serving: Serving | None


@dataclass(frozen=True, slots=True)
class Breach:
    variant: str
    what: str


def health(tally: Tally, variants: list[str], serving: Mapping[str, Serving]) -> dict[str, Health]:
    n_shown = min(tally.items.get(variant, Counter()).total() for variant in variants)
    return {
        variant: Health(
            fallbacks=_fallbacks(tally, variant),
            n_different=different_items([*tally.items.get(variant, {}).values()], n_shown),
            serving=serving.get(variant),
        )
        for variant in variants
    }


def breaches(
    tally: Tally, found: Mapping[str, Health], control: str, config: GuardrailConfig
) -> tuple[Breach, ...]:
    """Of each variant but the control."""
    return tuple(
        Breach(variant, what)
        for variant in found
        if variant != control
        for what in (
            *_of_slates(tally, variant, found, control, config),
            *_of_serving(found[variant].serving, found[control].serving, config),
        )
    )


def _of_slates(
    tally: Tally,
    variant: str,
    found: Mapping[str, Health],
    control: str,
    config: GuardrailConfig,
) -> Iterator[str]:
    n_slates = min(tally.n_slates(variant), tally.n_slates(control))
    if n_slates < _FEW_SLATES:
        return
    one, other = found[variant], found[control]
    if one.fallbacks > other.fallbacks + config.max_more_fallbacks:
        yield (
            f"{one.fallbacks:.1%} of its slates are not personal, of the control's "
            f"{other.fallbacks:.1%}"
        )
    if one.n_different < config.min_coverage * other.n_different:
        yield (
            f"it shows {one.n_different:,.0f} different items where the control shows "
            f"{other.n_different:,.0f}"
        )


def _of_serving(
    one: Serving | None, other: Serving | None, config: GuardrailConfig
) -> Iterator[str]:
    if one is None or other is None or min(one.n_made, other.n_made) < _FEW_SLATES:
        return
    if one.failed > other.failed + config.max_more_errors:
        yield f"{one.failed:.1%} of its requests fail, of the control's {other.failed:.1%}"
    if one.p95_s > config.max_slower * other.p95_s:
        yield (
            f"95 % of its slates take up to {1000 * one.p95_s:.1f} ms, of the control's "
            f"{1000 * other.p95_s:.1f} ms"
        )


def _fallbacks(tally: Tally, variant: str) -> float:
    sources = tally.sources.get(variant, Counter())
    n_slates = tally.n_slates(variant)
    return sum(sources.get(source.value, 0) for source in FALLBACKS) / n_slates if n_slates else 0.0
