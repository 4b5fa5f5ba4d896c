"""What happens by the clock, by the configuration."""

from dataclasses import replace
from datetime import datetime, timedelta

from tastemaker.config import Settings
from tastemaker.core.backends import BusConfig
from tastemaker.core.clock import Clock
from tastemaker.core.topics import RefreshAsked, Topic
from tastemaker.observe.role_metrics import RoleMetrics
from tastemaker.ports import Bus, SlateLog, Slates
from tastemaker.roles.grown import ask_to_retrain
from tastemaker.roles.looked import LookedUpTo
from tastemaker.roles.recorder import Recorder
from tastemaker.roles.scheduler import Job, Scheduler


def scheduler(
    settings: Settings,
    bus: Bus,
    slates: Slates,
    slate_log: SlateLog,
    clock: Clock,
    metrics: RoleMetrics,
) -> Scheduler:
    schedule = settings.schedule

    def retrain(due_at: datetime) -> None:
        ask_to_retrain(bus, due_at, "by the clock", f"retrain-{due_at.isoformat()}")

    def refresh(due_at: datetime) -> None:
        asked = RefreshAsked(older_than=due_at).message(f"refresh-{due_at.isoformat()}")
        bus.publish(Topic.REFRESH, [asked])

    jobs = _cutting(settings, bus, slates, slate_log, clock)
    if schedule.retrain is not None:
        jobs.append(Job("retrain", schedule.retrain, retrain))
    if schedule.refresh is not None:
        jobs.append(Job("refresh", schedule.refresh, refresh))
    jobs = [replace(job, run=metrics.counting_jobs(job.name, job.run)) for job in jobs]
    looked = LookedUpTo(settings.home / "schedule.json")
    return Scheduler(jobs, schedule.look_every_s, clock, looked)


def _cutting(
    settings: Settings, bus: Bus, slates: Slates, slate_log: SlateLog, clock: Clock
) -> list[Job]:
    """Each by itself: a server that is away keeps none of the others from being cut."""

    def prune_slate_log(_: datetime) -> None:
        slate_log.prune(clock() - timedelta(seconds=settings.slate_log.keep_s))

    cron = settings.schedule.prune
    return [
        Job("prune_bus", cron, lambda _: prune_bus(bus, settings.bus, clock())),
        Job("prune_slates", cron, lambda _: slates.prune()),
        Job("prune_slate_log", cron, prune_slate_log),
    ]


def prune_bus(bus: Bus, config: BusConfig, now: datetime) -> None:
    """An event goes when it is recorded, however old; what was set aside has a time of its own."""
    for topic in Topic:
        keep_s = config.keep_set_aside_s if topic is Topic.SET_ASIDE else config.keep_s
        read_by = Recorder.group if topic is Topic.INTERACTIONS else None
        bus.prune(topic, now - timedelta(seconds=keep_s), read_by)
