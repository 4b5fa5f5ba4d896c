"""What the dashboard shows, row by row."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Panel:
    """queries: what is drawn, by its legend; names of labels in {{}} as Grafana has them."""

    title: str
    queries: dict[str, str]
    unit: str = "short"
    help: str = ""
    kind: str = "timeseries"


def _quantiles(metric: str, by: str) -> dict[str, str]:
    def query(share: float) -> str:
        rates = f"rate({metric}_bucket[$__rate_interval])"
        return f"histogram_quantile({share}, sum by (le, {by}) ({rates}))"

    return {f"p{share * 100:g} {{{{{by}}}}}": query(share) for share in (0.5, 0.95, 0.99)}


def _rate(metric: str, *by: str, where: str = "") -> dict[str, str]:
    chosen = f"{{{where}}}" if where else ""
    legend = " ".join(f"{{{{{label}}}}}" for label in by)
    labels = ", ".join(by)
    return {legend: f"sum by ({labels}) (rate({metric}{chosen}[$__rate_interval]))"}


ROWS: dict[str, list[Panel]] = {
    "Answers": [
        Panel("Requests", _rate("tastemaker_requests_total", "route"), "reqps"),
        Panel("Time to answer", _quantiles("tastemaker_request_seconds", "route"), "s"),
        Panel(
            "Failed requests",
            _rate("tastemaker_requests_total", "status", where='status=~"5.."'),
            "reqps",
        ),
        Panel(
            "Slates by source",
            _rate("tastemaker_slates_total", "source"),
            "ops",
            "Personal (model, stored) and what stands in for it.",
        ),
        Panel("Time to make a slate", _quantiles("tastemaker_slate_seconds", "model"), "s"),
        Panel("Failed slates", _rate("tastemaker_slate_failures_total", "model"), "ops"),
        Panel("Events posted", _rate("tastemaker_events_total", "outcome"), "ops"),
        Panel(
            "Lost on the way",
            {
                "slates not logged": "sum(rate(tastemaker_slate_log_total"
                '{outcome="lost"}[$__rate_interval]))',
                "messages not sent": "sum(rate(tastemaker_messages_lost_total[$__rate_interval]))",
                "stored slates not read": "sum(rate("
                "tastemaker_stored_slates_missed_total[$__rate_interval]))",
            },
            "ops",
        ),
    ],
    "Roles": [
        Panel("Messages handled", _rate("tastemaker_messages_total", "group", "outcome"), "ops"),
        Panel("Time of a batch", _quantiles("tastemaker_batch_seconds", "group"), "s"),
        Panel(
            "Lag",
            {"{{topic}} to {{group}}": "max by (topic, group) (tastemaker_bus_lag)"},
            help="Messages not acknowledged. Those set aside wait for the operator.",
        ),
        Panel(
            "Waiting to be written",
            {"{{instance}} {{queue}}": "sum by (instance, queue) (tastemaker_queue_length)"},
        ),
        Panel("Slates ahead", _rate("tastemaker_slates_ahead_total", "model", "outcome"), "ops"),
        Panel("Time of a slate ahead", _quantiles("tastemaker_slate_ahead_seconds", "model"), "s"),
        Panel(
            "Jobs by the clock, last day",
            {"{{job}} {{outcome}}": "sum by (job, outcome) (increase(tastemaker_jobs_total[1d]))"},
        ),
        Panel(
            "Away",
            {"{{instance}} {{dependency}}": "tastemaker_dependency_up == 0"},
            help="Empty while everything answers.",
        ),
    ],
    "Models": [
        Panel(
            "In service",
            {"{{instance}} {{version}}": "tastemaker_model_info"},
            kind="table",
        ),
        Panel("Age of the model", {"{{instance}}": "tastemaker_model_age_seconds"}, "s"),
        Panel(
            "Not looked for a newer one",
            {"{{instance}}": "tastemaker_model_blind_seconds"},
            "s",
            "While it grows, no newer version answers.",
        ),
        Panel(
            "Trainings, last week",
            {"{{outcome}}": "sum by (outcome) (increase(tastemaker_trainings_total[1w]))"},
        ),
        Panel(
            "Time of a training",
            {
                "mean": "sum(increase(tastemaker_training_seconds_sum[1d]))"
                " / sum(increase(tastemaker_training_seconds_count[1d]))"
            },
            "s",
        ),
    ],
    "Room": [
        Panel("Stores", {"{{store}}": "max by (store) (tastemaker_store_bytes)"}, "bytes"),
        Panel("Entries", {"{{store}}": "max by (store) (tastemaker_store_rows)"}),
        Panel("Messages kept", {"{{topic}}": "max by (topic) (tastemaker_bus_messages)"}),
        Panel("Bytes of messages", {"{{topic}}": "max by (topic) (tastemaker_bus_bytes)"}, "bytes"),
        Panel("Disk left", {"{{instance}}": "tastemaker_disk_free_bytes"}, "bytes"),
        Panel("Memory", {"{{instance}}": "process_resident_memory_bytes"}, "bytes"),
        Panel(
            "Processor",
            {"{{instance}}": "rate(process_cpu_seconds_total[$__rate_interval])"},
            "percentunit",
        ),
    ],
}
