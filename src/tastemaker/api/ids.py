"""Ids and other short texts as requests carry them."""

from typing import Annotated

from fastapi import Path

from tastemaker.core.ids import Id

ShortText = Id
UserIdInPath = Annotated[Id, Path(description="Any user, known or not.", examples=["1"])]
ItemIdInPath = Annotated[Id, Path(description="An item of the catalogue.", examples=["1"])]
