"""From a source to a new version of the data set: read, validate, join, merge, store."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tastemaker.core.clock import Clock
from tastemaker.core.errors import FileUnreadable
from tastemaker.ingest.accept import Accept, Accepted
from tastemaker.ingest.dataset import Dataset, SourceDescription
from tastemaker.ingest.dataset_store import DatasetStore, NewVersion
from tastemaker.ingest.describe import completeness, describe, file_hash
from tastemaker.ingest.limits import IngestConfig
from tastemaker.ingest.merge import Tables, is_same, merged, version_of
from tastemaker.ingest.report import IngestReport, examples_of, reasons_of
from tastemaker.ingest.source import Source

OnProgress = Callable[[str, float], None]
"""Takes the name of the step and how much of it is done, in [0, 1]."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the data set would become. before: None where nothing is kept of it."""

    current: Dataset | None
    before: Tables | None
    accepted: Accepted
    after: Tables
    version: str

    @property
    def is_changed(self) -> bool:
        return self.current is None or self.version != self.current.version


class Ingest:
    def __init__(self, store: DatasetStore, config: IngestConfig) -> None:
        self._store = store
        self._config = config

    def run(
        self,
        source: Source,
        *,
        clock: Clock,
        on_progress: OnProgress,
        dry_run: bool = False,
        replace: bool = False,
    ) -> IngestReport:
        """Adds the source to the data set, or puts it in its place with `replace`.

        Until the very end nothing is changed, whatever happens. What is already there adds
        nothing. Raises InputError (nothing usable, too many bad rows), Conflict (another ingest
        is running), DiskFull, StoreUnavailable.
        """
        if dry_run:
            plan = self._plan(source, clock(), on_progress, replace=replace)
            return _report(source, plan, None, is_dry_run=True)
        with self._store.locked():
            now = clock()
            plan = self._plan(source, now, on_progress, replace=replace)
            written = self._write(source, plan, now, on_progress) if plan.is_changed else None
            return _report(source, plan, written, is_dry_run=False)

    def _plan(
        self, source: Source, now: datetime, on_progress: OnProgress, *, replace: bool
    ) -> _Plan:
        current = self._whole_current() if replace else self._store.current()
        kept = None if replace else current
        before = None if kept is None else Tables(kept.read_interactions(), kept.read_items())
        accept = Accept(self._config, now, None if before is None else before.items["item_id"])
        accepted = accept.run(source, on_progress)
        on_progress("merge", 0.0)
        after = merged(before, accepted.tables)
        if kept is not None and before is not None:
            is_known = accepted.content in {source.content for source in _sources(kept)}
            if is_known or is_same(before, after):
                return _Plan(current, before, accepted, before, kept.version)
        version = version_of(None if kept is None else kept.version, accepted.content)
        return _Plan(current, before, accepted, after, version)

    def _whole_current(self) -> Dataset | None:
        """What is to be replaced; None where it is damaged and must be written in any case."""
        try:
            current = self._store.current()
            if current is not None:
                current.read_interactions()
                current.read_items()
        except FileUnreadable:
            return None
        return current

    def _write(
        self, source: Source, plan: _Plan, now: datetime, on_progress: OnProgress
    ) -> Dataset:
        on_progress("write", 0.0)
        tables = (plan.after.interactions, plan.after.items)
        earlier = [] if plan.before is None or plan.current is None else _sources(plan.current)
        added = SourceDescription(
            location=source.location,
            content=plan.accepted.content,
            files={path.name: file_hash(path) for path in source.files},
        )
        new = NewVersion(
            *tables,
            metadata=describe(plan.version, now, *tables, [*earlier, added]),
            completeness=completeness(*tables),
            rejects=plan.accepted.rejects.frame(),
        )
        dataset = self._store.write(new, self._config.keep_versions)
        on_progress("write", 1.0)
        return dataset


def _sources(dataset: Dataset) -> list[SourceDescription]:
    return dataset.metadata.sources


def _report(
    source: Source, plan: _Plan, written: Dataset | None, *, is_dry_run: bool
) -> IngestReport:
    interactions, rejects = plan.after.interactions, plan.accepted.rejects
    n_before = 0 if plan.before is None else len(plan.before.interactions)
    n_new = len(interactions) - n_before
    dataset = written or plan.current
    return IngestReport(
        location=source.location,
        version=None if dataset is None else dataset.version,
        is_changed=plan.is_changed,
        is_dry_run=is_dry_run,
        n_read=rejects.n_read.total(),
        n_rejected=rejects.n_rejected(),
        n_repeated=len(plan.accepted.tables.interactions) - n_new,
        n_new=n_new,
        n_interactions=len(interactions),
        n_users=interactions["user_id"].n_unique(),
        n_items=len(plan.after.items),
        reasons=reasons_of(rejects),
        examples=examples_of(rejects),
        rejects=None if dataset is None or is_dry_run else dataset.rejects,
    )
