"""A variant trained on a file: recommends to the people of any other file, without a server."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self
from uuid import uuid4

import numpy as np
import polars as pl
from pydantic import BaseModel, ValidationError

from tastemaker.core.clock import Clock, system_clock
from tastemaker.core.errors import Conflict, ModelCorrupt, NotFound, RequestInvalid
from tastemaker.core.history import History
from tastemaker.core.weights import FeedbackWeights
from tastemaker.ingest.columns import ColumnMap
from tastemaker.ingest.limits import IngestConfig
from tastemaker.models.array_folder import disk_problem
from tastemaker.models.bundle import ModelBundle
from tastemaker.recommend.variant import VariantConfig, scorer
from tastemaker.train.asked import Asked, asked_from
from tastemaker.train.batch_files import read_source
from tastemaker.train.batch_lists import SCHEMA, lists_for

BUNDLE = "bundle"
DESCRIPTION = "batch.json"
VARIANT = "batch"
"""What the one variant of such a bundle is called in it, whatever people call it."""


class BatchDescription(BaseModel, frozen=True, extra="forbid"):
    """What stands beside the models, so that histories are read as the training data was."""

    format_version: Literal[1] = 1
    variant: str
    config: VariantConfig
    weights: FeedbackWeights


@dataclass(frozen=True, slots=True)
class BatchModel:
    description: BatchDescription
    bundle: ModelBundle

    def recommend(
        self,
        histories: str | Path,
        k: int = 10,
        *,
        columns: ColumnMap | None = None,
        include_seen: bool = False,
        limits: IngestConfig | None = None,
        clock: Clock = system_clock,
        on_progress: Callable[[str, float], None] = lambda _step, _done: None,
    ) -> pl.DataFrame:
        """Columns user, item, rank (from 1), score, source; people in the order of their first row.

        At most k rows a person, fewer only where the catalogue has no more. source: `model`, or
        `popular` for people of whom no item is known and at the end of lists the model cannot
        fill. Items of a person's own rows are left out unless include_seen.
        Raises InputError for histories that cannot be used and a k below 1.
        """
        _check_k(k)
        weights = self.description.weights
        read = read_source(
            str(histories),
            columns,
            limits or IngestConfig(rating_scale=weights.rating_scale),
            clock=clock,
            on_progress=on_progress,
        )
        asked = asked_from(read.interactions, self.bundle.item_ids, weights)
        on_progress("recommend", 0.0)
        recommended = self._lists(asked, k, include_seen=include_seen)
        on_progress("recommend", 1.0)
        return recommended

    def recommend_to(
        self, item_ids: Sequence[str], k: int = 10, *, include_seen: bool = False
    ) -> list[str]:
        """Items for one person, the best first, by the items used so far, oldest first.

        Items the model does not know are passed over; popular ones where it knows none of them.
        In memory, so that a service may call it at each request. Raises RequestInvalid.
        """
        _check_k(k)
        position = {str(item): at for at, item in enumerate(self.bundle.item_ids)}
        # The latest use of an item is the one that counts.
        used = list(dict.fromkeys(position[one] for one in reversed(item_ids) if one in position))
        item = np.array(used, np.int32)
        weight = np.full(len(used), self.description.weights.watched, np.float32)
        history = History(item, weight, np.zeros(len(used), np.int64))
        asked = Asked(pl.Series([""]), [history], [item])
        return self._lists(asked, k, include_seen=include_seen)["item"].to_list()

    def _lists(self, asked: Asked, k: int, *, include_seen: bool) -> pl.DataFrame:
        item_ids, config = self.bundle.item_ids, self.description.config
        popularity = self.bundle.models["popular"].score(History.empty())
        of_variant = scorer(config, self.bundle, VARIANT)
        lists = lists_for(asked, of_variant, popularity, item_ids, k, include_seen=include_seen)
        return pl.concat([pl.DataFrame(schema=SCHEMA), *lists])

    def save(self, folder: str | Path) -> None:
        """Into a new or empty folder, or in the place of an earlier batch model.

        The folder is replaced whole or not at all. Raises Conflict where it holds anything else,
        DiskFull or StoreUnavailable.
        """
        target = Path(folder)
        _refuse_foreign(target)
        made = target.with_name(f".{target.name}.{uuid4().hex}")
        replaced = target.with_name(f".{target.name}.{uuid4().hex}")
        try:
            self.bundle.save(made / BUNDLE)
            (made / DESCRIPTION).write_text(
                self.description.model_dump_json(indent=1), encoding="utf-8"
            )
            if target.exists():
                target.rename(replaced)
            made.rename(target)
        except OSError as error:
            raise disk_problem(error, target) from error
        finally:
            shutil.rmtree(made, ignore_errors=True)
            shutil.rmtree(replaced, ignore_errors=True)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Raises NotFound where there is no such folder, ModelCorrupt where it is not whole."""
        path = Path(folder)
        if not path.is_dir():
            raise NotFound(
                "No model is stored here", where=str(path), next_step="Fit one: tastemaker fit."
            )
        try:
            content = (path / DESCRIPTION).read_bytes()
            description = BatchDescription.model_validate_json(content)
        except (OSError, ValidationError) as error:
            raise _damaged("The description is missing or cannot be read", path) from error
        try:
            bundle = ModelBundle.load(path / BUNDLE)
        except NotFound as error:
            raise _damaged("The models are missing", path) from error
        if "popular" not in bundle.models:
            raise _damaged("The model popular is missing", path)
        return cls(description, bundle)


def _check_k(k: int) -> None:
    if k < 1:
        raise RequestInvalid(f"k is {k}", where="k", next_step="Ask for at least one item.")


def _refuse_foreign(folder: Path) -> None:
    is_ours = (folder / DESCRIPTION).is_file() or (folder / BUNDLE).is_dir()
    if folder.exists() and not is_ours and (folder.is_file() or any(folder.iterdir())):
        raise Conflict(
            "Something else is stored here",
            where=str(folder),
            next_step="Choose a new or empty folder for the model.",
        )


def _damaged(what: str, folder: Path) -> ModelCorrupt:
    return ModelCorrupt(
        what, where=str(folder), next_step="Fit it again, or restore the folder from a copy."
    )
