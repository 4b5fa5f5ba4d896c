"""What every user has done, by the configuration."""

from tastemaker.config import Settings
from tastemaker.recommend.people import People
from tastemaker.store.interactions import InteractionLog
from tastemaker.store.live_past import LivePast
from tastemaker.wire.places import feature_store


def open_people(settings: Settings, log: InteractionLog) -> People:
    features = feature_store(settings).current()
    live = LivePast(log, settings.recommend.max_history)
    return People([live] if features is None else [features.histories(), live])
