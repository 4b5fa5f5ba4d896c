"""Up to which moment each job by the clock is done, also when the scheduler is killed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from tastemaker.store.disk import write_whole

_MOMENTS = TypeAdapter(dict[str, AwareDatetime])


@dataclass(frozen=True, slots=True)
class LookedUpTo:
    """file: may not be there yet; its folder is made at the first write."""

    file: Path

    def read(self) -> dict[str, datetime]:
        """By name of the job; a file that cannot be read counts as none."""
        try:
            return _MOMENTS.validate_json(self.file.read_bytes())
        except (OSError, ValidationError):
            return {}

    def write(self, moments: Mapping[str, datetime]) -> None:
        """Raises DiskFull or StoreUnavailable."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.file, _MOMENTS.dump_json(dict(moments)))
