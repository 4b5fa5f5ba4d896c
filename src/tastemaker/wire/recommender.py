"""The recommender on a trained version."""

import time
from concurrent.futures import ThreadPoolExecutor

import structlog

from tastemaker.config import Settings
from tastemaker.core.errors import ModelError, NotFound
from tastemaker.ingest.catalogue import Catalogue
from tastemaker.models.bundle import verify_bundle
from tastemaker.recommend.pipeline import Recommender
from tastemaker.recommend.shelf import Shelf
from tastemaker.wire.places import in_service, model_store, new_id

log = structlog.get_logger(__name__)


def open_recommender(settings: Settings, catalogue: Catalogue) -> Recommender:
    """On the version in service or, where a byte of it is not what was written, on the newest
    whole one.

    Raises NotFound where nothing is trained, ModelCorrupt where nothing whole is left.
    """
    models = model_store(settings)
    version = models.current_version()
    try:
        return _checked(settings, catalogue, version or in_service(settings).provenance.version)
    except (ModelError, NotFound) as error:
        for other in models.whole_versions():
            log.error("model refused", version=version, why=str(error), answering=other)
            return _on_version(settings, catalogue, other)
        raise


def open_checked(settings: Settings, catalogue: Catalogue, version: str) -> Recommender:
    """Every byte read and compared, and warm: fit to take over. Raises NotFound, ModelCorrupt."""
    recommender = _checked(settings, catalogue, version)
    recommender.warm_up()
    return recommender


def _checked(settings: Settings, catalogue: Catalogue, version: str) -> Recommender:
    """Read while it is opened: neither waits for the other, and nobody is answered before both."""
    path = model_store(settings).known_path(version)
    with ThreadPoolExecutor(1) as beside:
        verified = beside.submit(verify_bundle, path)
        recommender = _on_version(settings, catalogue, version)
        verified.result()
    return recommender


def _on_version(settings: Settings, catalogue: Catalogue, version: str) -> Recommender:
    bundle = model_store(settings).load(version)
    return Recommender(
        bundle,
        Shelf.of(catalogue, bundle.item_ids),
        settings.variants,
        settings.feedback.weights,
        settings.recommend,
        new_session_id=new_id,
        stopwatch=time.perf_counter,
    )
