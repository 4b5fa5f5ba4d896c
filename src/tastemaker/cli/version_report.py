"""What is shown of a trained version: its verdict, figures, rankers, data and recipe."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from rich.box import SIMPLE_HEAD
from rich.table import Column, Table

from tastemaker.models.manifest import Manifest
from tastemaker.train.gate import CANDIDATE, DEPTH, Verdict
from tastemaker.train.importances import importances, largest
from tastemaker.train.model_store import StoredVersion
from tastemaker.train.recipe import Recipe
from tastemaker.train.version_record import VersionRecord

RECALL_SHOWN_AT = 200
"""Of candidates, where one figure must do."""


def summary(record: VersionRecord) -> list[str]:
    """A line a variant: the metric that decides, and the recall of its candidates."""
    verdict = record.verdict
    if verdict is None or not record.metrics:
        return []
    lines = []
    for variant, metrics in record.metrics.items():
        recall = record.candidate_recall.get(variant, {}).get(RECALL_SHOWN_AT)
        of_candidates = "" if recall is None else f", {recall:.3f}"
        lines.append(f"{variant} {verdict.metric} {metrics[verdict.metric]:.4f}{of_candidates}")
    return lines


def report(one: StoredVersion, recipe: Recipe | None) -> Iterator[Table]:
    """recipe: None where it cannot be read."""
    yield _facts(one, recipe)
    verdict = one.record.verdict
    if verdict is not None and verdict.metrics:
        yield from verdict_tables(verdict, {CANDIDATE: ""}, one.record.variant or "")
    if one.record.candidate_recall:
        yield recall_table({"": one.record.candidate_recall})
    for variant, of_ranker in importances(one.manifest, recipe.variants if recipe else {}).items():
        table = _table("feature", "importance of 100", title=f"Ranker of {variant}")
        for feature, value in largest(of_ranker):
            table.add_row(feature, f"{value:.1f}")
        yield table


def verdict_tables(
    verdict: Verdict, names: Mapping[str, str], default: str = ""
) -> Iterator[Table]:
    """names: what the new version and the one in service are called. default: the variant of the
    one without a name."""

    def named(scorer: str) -> str:
        whose = next((whose for whose in names if scorer.startswith(whose)), None)
        if whose is None:
            return scorer
        return scorer.replace(whose, names[whose], 1).strip() or default

    k = verdict.metric.partition("@")[2]
    shown = [verdict.metric, f"recall@{k}", f"hit_rate@{k}", f"ndcg@{DEPTH}", f"recall@{DEPTH}"]
    means = _table("", *shown, title=f"Means over {verdict.n_cases:,} people")
    for scorer, values in verdict.metrics.items():
        means.add_row(named(scorer), *(f"{values[metric]:.4f}" for metric in shown))
    yield means
    differences = _table("", "against", "difference", "95 % interval", title=verdict.metric)
    for one in verdict.compared:
        interval = f"{one.low:+.4f} to {one.high:+.4f}"
        row = named(one.candidate), named(one.opponent), f"{one.difference:+.4f}", interval
        differences.add_row(*row)
    yield differences


def recall_table(by_version: Mapping[str, Mapping[str, Mapping[int, float]]]) -> Table:
    """by_version: recall of candidates by variant and number, by what a version is called."""
    ks = sorted({k for own in by_version.values() for recall in own.values() for k in recall})
    table = _table("variant", *(f"recall@{k}" for k in ks), title="Recall of candidates")
    for version, own in by_version.items():
        for variant, recall in own.items():
            shares = (f"{recall[k]:.3f}" if k in recall else "-" for k in ks)
            table.add_row(f"{version} {variant}".strip(), *shares)
    return table


def _facts(one: StoredVersion, recipe: Recipe | None) -> Table:
    manifest, record = one.manifest, one.record
    table = Table("", "", title=one.version, box=SIMPLE_HEAD, show_header=False)
    table.title_justify = "left"
    table.add_row("state", f"{one.state}. {record.reason}")
    table.add_row("answers by", record.variant or "-")
    table.add_row("similar items by", record.similar_variant or "-")
    took = "" if record.training_s is None else f", in {record.training_s:.0f} s"
    table.add_row("trained", f"{manifest.provenance.created_at:%Y-%m-%d %H:%M} UTC{took}")
    table.add_row(
        "put into service", ", ".join(f"{at:%Y-%m-%d %H:%M}" for at in record.promoted_at) or "-"
    )
    table.add_row("data", _data(manifest))
    table.add_row("models", ", ".join(sorted(manifest.configs)))
    for name, why in record.left_out.items():
        table.add_row("left out", f"{name}: {why}")
    if recipe is not None:
        table.add_row("data set", f"{recipe.dataset}, {recipe.n_live_rows:,} live events")
        table.add_row("code", recipe.commit)
        table.add_row("seed, cores", f"{manifest.provenance.seed}, {recipe.n_threads}")
        made_with = {**recipe.machine, **recipe.libraries}
        table.add_row(
            "made with", ", ".join(f"{name} {value}" for name, value in made_with.items())
        )
    return table


def _data(manifest: Manifest) -> str:
    counted = (
        f"{manifest.n_events:,} events of {manifest.n_users:,} users, {manifest.n_items:,} items"
    )
    if not manifest.last_at_s:
        return f"{counted}, without times"
    first, last = (
        datetime.fromtimestamp(at_s, UTC) for at_s in (manifest.first_at_s, manifest.last_at_s)
    )
    return f"{counted}, {first:%Y-%m-%d} to {last:%Y-%m-%d}"


def _table(*headings: str, title: str) -> Table:
    # Names of versions are long, and a part of one is of no use.
    columns = [Column(heading, overflow="fold") for heading in headings]
    return Table(*columns, title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
