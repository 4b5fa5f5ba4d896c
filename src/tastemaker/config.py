"""The whole configuration: one TOML file, overridden by the environment, then by options.

Environment: TASTEMAKER__SECTION__KEY, for example TASTEMAKER__API__PORT=9000.
"""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializeAsAny,
    ValidationError,
    create_model,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from tastemaker.accounts.config import AccountsConfig
from tastemaker.api.api_config import ApiConfig, InteractionsConfig
from tastemaker.core.backends import BlobsConfig, BusConfig, SlateLogConfig, SlatesConfig
from tastemaker.core.errors import ConfigInvalid
from tastemaker.core.weights import FeedbackWeights
from tastemaker.features.store import FeatureConfig
from tastemaker.ingest.columns import ColumnMap, ItemColumnMap
from tastemaker.ingest.limits import IngestConfig
from tastemaker.ingest.table_file import FileFormat
from tastemaker.models.registry import MODELS
from tastemaker.observe.experiments.experiment_config import ExperimentConfig, refuse_overlap
from tastemaker.observe.role_server import RoleServerConfig
from tastemaker.observe.slate_writer import SlateWritingConfig
from tastemaker.observe.watch import WatchConfig
from tastemaker.pictures.config import PicturesConfig
from tastemaker.recommend.default_variants import DEFAULT_VARIANTS as DEFAULT_VARIANTS
from tastemaker.recommend.default_variants import laid_onto_default
from tastemaker.recommend.pipeline import RecommendConfig
from tastemaker.recommend.variant import VariantConfig
from tastemaker.roles.apart import EffortConfig
from tastemaker.roles.consume import ConsumeConfig
from tastemaker.roles.scheduler import ScheduleConfig
from tastemaker.store.engine import StoreConfig
from tastemaker.train.gate import GateConfig
from tastemaker.train.jury import JuryConfig
from tastemaker.train.tracking import TrackingConfig

CONFIG_FILE = Path("tastemaker.toml")
_PREFIX = "TASTEMAKER__"

ModelConfigs = create_model(  # type: ignore[call-overload]
    "ModelConfigs",
    __config__=ConfigDict(frozen=True, extra="forbid"),
    **{name: (model.config_class, model.config_class()) for name, model in MODELS.items()},
)
OfEveryModel = Annotated[BaseModel, BeforeValidator(ModelConfigs.model_validate), SerializeAsAny()]


class DataConfig(BaseModel, frozen=True, extra="forbid"):
    source: str = "movielens-small"  # that name, a MovieLens folder, a file, or a database URL
    query: str | None = None  # for a database URL: what to select
    columns: ColumnMap | None = None  # for files and queries; MovieLens needs none
    items: str | None = None  # the catalogue that goes with it: a file, or a second query
    item_columns: ItemColumnMap | None = None
    format: FileFormat = FileFormat()  # what the name of a file does not tell


class FeedbackConfig(BaseModel, frozen=True, extra="forbid"):
    weights: FeedbackWeights = FeedbackWeights()


class TrainConfig(BaseModel, frozen=True, extra="forbid"):
    seed: int = Field(default=42, ge=0)
    keep_versions: int = Field(default=3, ge=2, le=100)  # trained bundles left on the disk
    jury: JuryConfig = JuryConfig()  # what is kept out of training to judge by
    beside: EffortConfig = EffortConfig(niceness=19)  # of a training that a server was asked for
    tracking: TrackingConfig = TrackingConfig()  # where trainings are recorded
    gate: GateConfig = GateConfig()  # what keeps a new version out of service


class Settings(BaseModel, frozen=True, extra="forbid"):
    home: Path = Path("tastemaker-data")  # data, features, models and database
    data: DataConfig = DataConfig()
    ingest: IngestConfig = IngestConfig()
    feedback: FeedbackConfig = FeedbackConfig()
    features: FeatureConfig = FeatureConfig()
    models: OfEveryModel = ModelConfigs()  # by model; what is left out has its default
    variants: dict[str, VariantConfig] = DEFAULT_VARIANTS
    recommend: RecommendConfig = RecommendConfig()
    train: TrainConfig = TrainConfig()
    store: StoreConfig = StoreConfig()
    bus: BusConfig = BusConfig()
    slates: SlatesConfig = SlatesConfig()
    slate_log: SlateLogConfig = SlateLogConfig()
    blobs: BlobsConfig = BlobsConfig()
    api: ApiConfig = ApiConfig()
    consume: ConsumeConfig = ConsumeConfig()  # how roles read the bus
    schedule: ScheduleConfig = ScheduleConfig()  # what is due when
    interactions: InteractionsConfig = InteractionsConfig()  # what POST /interactions goes through
    accounts: AccountsConfig = AccountsConfig()
    pictures: PicturesConfig = PicturesConfig()
    slate_writing: SlateWritingConfig = SlateWritingConfig()
    role_server: RoleServerConfig = RoleServerConfig()  # figures and health of roles, over HTTP
    watch: WatchConfig = WatchConfig()  # how often a process looks at what it depends on
    experiments: dict[str, ExperimentConfig] = {}

    @field_validator("variants", mode="before")
    @classmethod
    def _with_default_variants(cls, given: dict[str, Any]) -> dict[str, Any]:
        own = {name: laid_onto_default(name, variant) for name, variant in given.items()}
        return {**DEFAULT_VARIANTS, **own}

    @field_validator("variants", mode="after")
    @classmethod
    def _known_models(cls, variants: dict[str, VariantConfig]) -> dict[str, VariantConfig]:
        for name, variant in variants.items():
            unknown = sorted(set(variant.models) - set(MODELS))
            if unknown:
                raise ValueError(f"variant {name} names no such model: {', '.join(unknown)}")
        return variants

    @model_validator(mode="after")
    def _known_variants(self) -> Self:
        chosen = self.recommend
        for key in ("default_variant", "similar_variant"):
            name = getattr(chosen, key)
            if name not in self.variants:
                known = ", ".join(self.variants)
                raise ValueError(f"recommend.{key} is no variant: {name}; known: {known}")
        return self

    @model_validator(mode="after")
    def _experiments_fit(self) -> Self:
        refuse_overlap(self.experiments)
        for name, experiment in self.experiments.items():
            unknown = ", ".join(v for v in experiment.variants if v not in self.variants)
            if unknown:
                known = ", ".join(self.variants)
                raise ValueError(f"experiments.{name} names no variant: {unknown}; known: {known}")
        return self

    def model_configs(self) -> dict[str, BaseModel]:
        """The configuration of every model, by name."""
        return {name: getattr(self.models, name) for name in MODELS}

    @property
    def database_url(self) -> str:
        if self.store.url is not None:
            return self.store.url.get_secret_value()
        return f"sqlite:///{self.home / 'tastemaker.db'}"


def load_settings(file: Path | None = None, **overrides: Any) -> Settings:
    """file: None for `tastemaker.toml` of this folder where there is one.

    overrides: top-level sections, partly given; they beat the environment and the file.
    Raises ConfigInvalid, naming every wrong key.
    """
    if file is not None and not file.is_file():
        raise ConfigInvalid("The configuration file is not there", where=str(file))
    toml_file = file if file is not None else CONFIG_FILE if CONFIG_FILE.is_file() else None
    _refuse_unknown_environment()

    class Sources(Settings, BaseSettings):
        model_config = SettingsConfigDict(env_prefix=_PREFIX, env_nested_delimiter="__")

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            toml = TomlConfigSettingsSource(settings_cls, toml_file)
            return (init_settings, env_settings, toml)

    where = str(toml_file or "environment and options")
    try:
        given = Sources(**overrides)
        return Settings(**{name: getattr(given, name) for name in Settings.model_fields})
    except tomllib.TOMLDecodeError as error:
        raise ConfigInvalid(
            f"Not valid TOML: {error}", where=where, next_step="Mend that line."
        ) from error
    except ValidationError as error:
        raise _named(error, where) from error


def _refuse_unknown_environment() -> None:
    names = [name for name in os.environ if name.upper().startswith(_PREFIX)]
    for name in names:
        section = name[len(_PREFIX) :].split("__")[0].lower()
        if section not in Settings.model_fields:
            raise ConfigInvalid(
                f"There is no section '{section}'",
                where=f"environment variable {name}",
                next_step=f"Sections are: {', '.join(Settings.model_fields)}.",
            )


def _named(error: ValidationError, where: str) -> ConfigInvalid:
    faults = [
        f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg'].lower()}"
        for fault in error.errors()
    ]
    return ConfigInvalid(
        "; ".join(faults),
        where=where,
        next_step="See every key with its bounds: docs/configuration.md.",
    )
