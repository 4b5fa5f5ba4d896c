"""What happens by the clock, by the configuration."""

from dataclasses import replace
from datetime import datetime, timedelta

from tastemaker.config import Settings
from tastemaker.core.clock import Clock
from tastemaker.core.topics import RefreshAsked, Topic
from tastemaker.observe.role_metrics import RoleMetrics
from tastemaker.ports import Bus, SlateLog, Slates
from tastemaker.roles.grown import RetrainWhenGrown, ask_to_retrain
from tastemaker.roles.looked import LookedUpTo
from tastemaker.roles.scheduler import Job, Scheduler
from tastemaker.store.interactions import InteractionLog
from tastemaker.wire.places import model_store


def scheduler(
    settings: Settings,
    bus: Bus,
    slates: Slates,
    slate_log: SlateLog,
    interactions: InteractionLog,
    clock: Clock,
    metrics: RoleMetrics,
) -> Scheduler:
    schedule = settings.schedule

    def retrain(due_at: datetime) -> None:
        ask_to_retrain(bus, due_at, "by the clock", f"retrain-{due_at.isoformat()}")

    def refresh(due_at: datetime) -> None:
        asked = RefreshAsked(older_than=due_at).message(f"refresh-{due_at.isoformat()}")
        bus.publish(Topic.REFRESH, [asked])

    def prune(_: datetime) -> None:
        before = clock() - timedelta(seconds=settings.bus.keep_s)
        for topic in Topic:
            bus.prune(topic, before)
        slates.prune()
        slate_log.prune(clock() - timedelta(seconds=settings.slate_log.keep_s))

    jobs = [Job("prune", schedule.prune, prune)]
    if schedule.retrain is not None:
        jobs.append(Job("retrain", schedule.retrain, retrain))
    if schedule.refresh is not None:
        jobs.append(Job("refresh", schedule.refresh, refresh))
    jobs = [replace(job, run=metrics.counting_jobs(job.name, job.run)) for job in jobs]
    grown = RetrainWhenGrown(
        model_store(settings), interactions, bus, schedule.retrain_every_events, clock
    )
    looked = LookedUpTo(settings.home / "schedule.json")
    return Scheduler(jobs, grown.look, schedule.look_every_s, clock, looked)
