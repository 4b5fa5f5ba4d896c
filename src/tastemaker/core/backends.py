"""Which server keeps what, by its URL, and the bounds it is held to."""

from pydantic import BaseModel, Field, SecretStr

_DAY_S = 24 * 3600.0


class BusConfig(BaseModel, frozen=True, extra="forbid"):
    url: SecretStr | None = None  # sqlite:///FILE, kafka://HOST:PORT or redis://HOST:PORT
    keep_s: float = Field(default=7 * _DAY_S, gt=0)  # older messages go, but no unrecorded event
    keep_set_aside_s: float = Field(default=90 * _DAY_S, gt=0)  # messages that no role could handle
    max_mb: int = Field(default=1024, ge=1)  # of the SQLite file; full, it refuses messages
    n_partitions: int = Field(default=8, ge=1, le=1000)  # of a Kafka topic when it is made
    n_replicas: int = Field(default=1, ge=1, le=10)  # of a Kafka topic when it is made
    timeout_s: float = Field(default=10.0, gt=0, le=600)  # until a server counts as away
    session_timeout_s: float = Field(default=6.0, ge=1, le=600)  # until a silent reader is dead


class SlatesConfig(BaseModel, frozen=True, extra="forbid"):
    url: SecretStr | None = None  # none: the database; mongodb://HOST/NAME or redis://HOST:PORT
    ttl_s: float = Field(default=7 * _DAY_S, gt=0)  # a stored slate is gone after it
    is_on: bool = False  # whether slates of users and items are served from here
    k: int = Field(default=20, ge=1, le=200)  # items of a slate computed ahead
    stale_after_s: float = Field(default=_DAY_S, gt=0)  # served still, but made anew
    timeout_s: float = Field(default=0.5, gt=0, le=60)  # until a server counts as away


class SlateLogConfig(BaseModel, frozen=True, extra="forbid"):
    url: SecretStr | None = None  # none: the database; mongodb://HOST/NAME
    keep_s: float = Field(default=90 * _DAY_S, gt=0)  # slates shown longer ago are forgotten
    timeout_s: float = Field(default=2.0, gt=0, le=60)  # until a server counts as away


class BlobsConfig(BaseModel, frozen=True, extra="forbid"):
    url: SecretStr | None = None  # file:///FOLDER or s3://BUCKET/PREFIX?endpoint=
    timeout_s: float = Field(default=30.0, gt=0, le=600)  # of one request
    share_models: bool = False  # trained versions go there, and other machines fetch them
