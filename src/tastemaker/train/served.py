"""A version with the variants it answers by."""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from tastemaker.core.errors import ModelCorrupt
from tastemaker.models.bundle import ModelBundle
from tastemaker.recommend.variant import Scorer, VariantConfig, ranker_of, scorer
from tastemaker.train.model_store import ModelStore
from tastemaker.train.recipe import Recipe, read_recipe
from tastemaker.train.version_record import read_record

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Served:
    """default: the variant that answers where none is named. similar: on the page of an item;
    None where that is not told. recipe: None for one that is just being trained, and for one that
    was made without."""

    bundle: ModelBundle
    variants: Mapping[str, VariantConfig]
    default: str
    similar: str | None = None
    recipe: Recipe | None = None

    def scorer(self, variant: str) -> Scorer:
        return scorer(self.variants[variant], self.bundle, variant)

    @property
    def ranked(self) -> tuple[str, ...]:
        """The variants that have a ranker."""
        return tuple(
            name
            for name, variant in self.variants.items()
            if ranker_of(name, variant, self.bundle.manifest.rankers) is not None
        )


@dataclass(frozen=True, slots=True)
class Incumbent:
    """What a new version is compared with. served: None where nothing can answer. note: a sentence
    where it is not simply the version in service. decides: whether to be worse than it keeps a new
    version out; else it is measured to be looked at."""

    served: Served | None
    note: str = ""
    decides: bool = True

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        return () if self.served is None or self.served.recipe is None else (self.served.recipe,)

    def asked(self, note: str, *, decides: bool) -> "Incumbent":
        """note: a sentence on what it is asked, behind its own; maybe empty."""
        return Incumbent(self.served, f"{self.note} {note}".strip(), decides)


def as_trained(
    models: ModelStore,
    version: str,
    variants: Mapping[str, VariantConfig],
    default: str,
    similar: str,
) -> Served:
    """As the version was trained to answer; by the variants given where it does not tell them, or
    tells keys that are no more. Rankers are those of the version either way.

    Raises NotFound or ModelCorrupt.
    """
    bundle, folder = models.load(version), models.path(version)
    recipe, record = None, None
    try:
        record = read_record(folder)
        recipe = read_recipe(folder)
    except ModelCorrupt as error:
        log.warning("version does not tell its variants", version=version, why=str(error))
    own = variants if recipe is None else recipe.variants
    if record is None or record.variant is None or record.variant not in own:
        return Served(bundle, variants, default, similar, recipe)
    on_pages = record.similar_variant or similar
    return Served(bundle, own, record.variant, on_pages if on_pages in own else None, recipe)


def incumbent(
    models: ModelStore, variants: Mapping[str, VariantConfig], default: str, similar: str
) -> Incumbent:
    """The version in service or, where that is damaged or gone, the one that answers in its place.
    variants, default, similar: as in `as_trained`."""
    current, answering = models.current_version(), models.answering()
    if answering is None:
        is_first = current is None and not models.stored()
        note = (
            "The first to be trained." if is_first else "No whole version is left to compare with."
        )
        return Incumbent(None, note)
    served = as_trained(models, answering, variants, default, similar)
    if answering == current:
        return Incumbent(served)
    fault = "No version is in service" if current is None else f"{current}, in service, is damaged"
    note = f"{fault}: compared with {answering}, which answers in its place."
    log.warning("compared with a stand-in", version=current, answering=answering)
    return Incumbent(served, note)
