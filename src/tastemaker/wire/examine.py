"""Everything the doctor looks at."""

from collections.abc import Iterator
from functools import partial

from tastemaker.config import Settings
from tastemaker.core.ids import UserId
from tastemaker.ingest.catalogue import Catalogue
from tastemaker.roles import doctor
from tastemaker.train.run import Training
from tastemaker.wire.backends import careless_redis
from tastemaker.wire.experiments import untrained
from tastemaker.wire.learning import training_plan
from tastemaker.wire.people import open_people
from tastemaker.wire.places import (
    catalogue_file,
    dataset_store,
    event_log,
    feature_store,
    model_store,
)
from tastemaker.wire.recommender import open_recommender


def examine(settings: Settings) -> list[doctor.Finding]:
    """Everything the doctor finds, from the disk upwards."""
    findings = [
        *doctor.try_out(partial(doctor.disk, settings.home)),
        *doctor.try_out(lambda: doctor.data(dataset_store(settings).current())),
    ]
    if settings.interactions.through == "bus":
        findings += doctor.try_out(lambda: _examine_bus(settings))
    if settings.home.is_dir():
        findings += doctor.try_out(lambda: _examine_models(settings))
    return findings


def _examine_bus(settings: Settings) -> Iterator[doctor.Finding]:
    careless = careless_redis(settings.bus)
    if careless is not None:
        yield from doctor.events_in_redis(careless)


def _examine_models(settings: Settings) -> Iterator[doctor.Finding]:
    with event_log(settings) as log:
        models, datasets = model_store(settings), dataset_store(settings)
        current = models.current()
        is_due = datasets.current() is not None and Training(datasets, log, models).is_due(
            training_plan(settings)
        )
        yield from doctor.models(current, is_due and current is not None)
        if current is not None:
            people = open_people(settings, log)
            known = feature_store(settings).current()
            someone = None
            if known is not None and known.histories().n_users:
                someone = UserId(known.histories().user_ids.texts()[0])
            catalogue = Catalogue.load(catalogue_file(settings))
            recommender = open_recommender(settings, catalogue)
            yield from doctor.answers(recommender, people, someone)
            yield from doctor.experiments(untrained(settings, recommender))
