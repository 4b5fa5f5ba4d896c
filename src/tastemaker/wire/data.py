"""Commands on data."""

from pathlib import Path

from tastemaker.config import Settings
from tastemaker.core.clock import system_clock
from tastemaker.features.preprocess import Preprocess
from tastemaker.ingest.catalogue import build_catalogue, save_catalogue
from tastemaker.ingest.ingest import Ingest
from tastemaker.ingest.open_source import open_source
from tastemaker.ingest.report import IngestReport
from tastemaker.wire.places import (
    OnProgress,
    catalogue_file,
    dataset_store,
    feature_store,
    ingested_dataset,
)


def ingest(
    settings: Settings, *, dry_run: bool, replace: bool, on_progress: OnProgress
) -> IngestReport:
    """The configured source into the data set."""
    data = settings.data
    source = open_source(
        data.source,
        data.columns,
        items=data.items,
        item_columns=data.item_columns,
        query=data.query,
        form=data.format,
        max_rating=settings.ingest.max_rating,
    )
    return Ingest(dataset_store(settings), settings.ingest).run(
        source, clock=system_clock, on_progress=on_progress, dry_run=dry_run, replace=replace
    )


def preprocess(settings: Settings, on_progress: OnProgress) -> str:
    """Feature tables of the data set; returns their version."""
    made = Preprocess(feature_store(settings), settings.feedback.weights).run(
        ingested_dataset(settings), clock=system_clock, on_progress=on_progress
    )
    return made.version


def extract_catalogue(settings: Settings) -> tuple[int, Path]:
    """The number of items and the file they were written to."""
    path = catalogue_file(settings)
    frame = build_catalogue(ingested_dataset(settings))
    save_catalogue(frame, path)
    return len(frame), path
