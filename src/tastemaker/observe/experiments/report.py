"""What an experiment has shown so far, and what to do about it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from tastemaker.core.ids import ItemId
from tastemaker.core.slate_record import AnsweredSlate, page_id
from tastemaker.observe.experiments.confidence import (
    Difference,
    Rate,
    difference,
    rate,
    sample_ratio,
)
from tastemaker.observe.experiments.experiment_config import ExperimentConfig, Measure
from tastemaker.observe.experiments.guardrails import Breach, Health, Serving, breaches, health
from tastemaker.observe.experiments.tally import Tally
from tastemaker.observe.experiments.verdict import Verdict, verdict
from tastemaker.ports import SlateLog

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_A_MOMENT = timedelta(seconds=1)
"""What is shown now is read too."""
_UNKNOWN: Mapping[str, Serving] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class VariantReport:
    """sources: slates by the step that made them. rates, differences: by
    measure; the differences from the control, None for it."""

    variant: str
    weight: float
    n_users: int
    n_slates: int
    sources: dict[str, int]
    rates: dict[str, Rate]
    differences: dict[str, Difference] | None
    health: Health


@dataclass(frozen=True, slots=True)
class ExperimentReport:
    """n_mixed_users: shown several variants, and left out of users and rates. sample_ratio_p: that
    users are shared out as they are where the weights hold."""

    name: str
    control: str
    measure: Measure
    k: int
    is_on: bool
    since: datetime | None
    until: datetime
    variants: tuple[VariantReport, ...]
    n_mixed_users: int
    sample_ratio_p: float
    breaches: tuple[Breach, ...]
    verdict: Verdict


def read_report(
    name: str,
    config: ExperimentConfig,
    slate_log: SlateLog,
    now: datetime,
    serving: Mapping[str, Serving] = _UNKNOWN,
) -> ExperimentReport:
    """serving: by variant, where a server knows it. Raises SlateLogUnavailable."""
    start, end = config.period
    slates = slate_log.read(name, max(start, _FIRST), min(now + _A_MOMENT, end))
    return report(
        name, config, slates, now, serving, lambda slate: _on_later_pages(slate_log, slate)
    )


def _on_later_pages(slate_log: SlateLog, slate: AnsweredSlate) -> set[ItemId]:
    """Nothing is looked for where every answer is to an item of the first page."""
    first = slate.shown
    missing = {answer.item_id for answer in slate.feedback}.difference(first.item_ids)
    found: set[ItemId] = set()
    n_before = len(first.item_ids)
    while missing - found:
        page = slate_log.find(page_id(first.session_id, n_before))
        # Anybody can make up the cursor of a session, and is shown a page of it.
        if page is None or page.shown.user_id != first.user_id or not page.shown.item_ids:
            break
        found.update(page.shown.item_ids)
        n_before += len(page.shown.item_ids)
    return found


def report(
    name: str,
    config: ExperimentConfig,
    slates: Iterable[AnsweredSlate],
    now: datetime,
    serving: Mapping[str, Serving] = _UNKNOWN,
    on_later_pages: Callable[[AnsweredSlate], Collection[ItemId]] = lambda _slate: (),
) -> ExperimentReport:
    tally = Tally(config.k)
    for slate in slates:
        if slate.shown.variant in config.variants:
            tally.add(slate, on_later_pages(slate))
    variants = list(config.variants)
    control = config.control_variant
    found = health(tally, variants, serving)
    rates = {variant: _rates(tally, variant) for variant in variants}
    reports = tuple(
        VariantReport(
            variant=variant,
            weight=config.variants[variant],
            n_users=tally.n_users(variant),
            n_slates=tally.n_slates(variant),
            sources=dict(tally.sources.get(variant, {})),
            rates=rates[variant],
            differences=_differences(rates[variant], rates[control], config)
            if variant != control
            else None,
            health=found[variant],
        )
        for variant in variants
    )
    ratio_p = sample_ratio([one.n_users for one in reports], [one.weight for one in reports])
    broken = breaches(tally, found, control, config.guardrails)
    return ExperimentReport(
        name=name,
        control=control,
        measure=config.measure,
        k=config.k,
        is_on=config.is_on(now),
        since=config.start,
        until=now if config.end is None else min(now, config.end),
        variants=reports,
        n_mixed_users=tally.n_mixed_users,
        sample_ratio_p=ratio_p,
        breaches=broken,
        verdict=verdict(
            config,
            {one.variant: one.n_users for one in reports},
            {one.variant: one.differences[config.measure] for one in reports if one.differences},
            ratio_p,
            broken,
            is_over=config.period[1] <= now,
        ),
    )


def _rates(tally: Tally, variant: str) -> dict[str, Rate]:
    return {measure.value: rate(*tally.ratio(variant, measure)) for measure in Measure}


def _differences(
    rates: Mapping[str, Rate], control: Mapping[str, Rate], config: ExperimentConfig
) -> dict[str, Difference]:
    """The chance of an error is shared out over the variants (Bonferroni)."""
    alpha = config.alpha / (len(config.variants) - 1)
    return {
        measure.value: difference(rates[measure], control[measure], alpha, config.planned_users)
        for measure in Measure
    }
