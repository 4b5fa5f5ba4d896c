"""Ids and other short texts as requests carry them."""

from typing import Annotated

from fastapi import Path
from pydantic import StringConstraints

from tastemaker.core.ids import MAX_ID_LENGTH

_ONE_LINE = r"^[^\x00-\x1f\x7f]+$"
"""No control characters: no id has them, logs and databases choke on them."""

Id = Annotated[str, StringConstraints(min_length=1, max_length=MAX_ID_LENGTH, pattern=_ONE_LINE)]
ShortText = Id
UserIdInPath = Annotated[Id, Path(description="Any user, known or not.", examples=["1"])]
ItemIdInPath = Annotated[Id, Path(description="An item of the catalogue.", examples=["1"])]
