"""What the rankers of a version read most."""

from collections.abc import Mapping

from tastemaker.models.manifest import Manifest
from tastemaker.recommend.variant import VariantConfig, ranker_of

N_LARGEST = 10


def importances(
    manifest: Manifest, variants: Mapping[str, VariantConfig]
) -> dict[str, dict[str, float]]:
    """By variant with a ranker and by feature, the largest first; of each ranker they add up to
    100."""
    found: dict[str, dict[str, float]] = {}
    for name, variant in variants.items():
        key = ranker_of(name, variant, manifest.rankers)
        if key is not None:
            falling = sorted(manifest.rankers[key].importances.items(), key=lambda one: -one[1])
            found[name] = dict(falling)
    return found


def largest(of_ranker: Mapping[str, float]) -> list[tuple[str, float]]:
    """Feature and importance, N_LARGEST at most."""
    return list(of_ranker.items())[:N_LARGEST]
