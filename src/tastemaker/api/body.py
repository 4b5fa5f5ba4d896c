"""Bodies that are read by the route itself, because their parts are judged one by one."""

from typing import Any, TypeVar

import orjson
from fastapi import Request
from pydantic import BaseModel, ValidationError

from tastemaker.api.problem import FieldProblem, InvalidFields, field_problems
from tastemaker.core.errors import NotJson

Model = TypeVar("Model", bound=BaseModel)


async def read_json(request: Request) -> Any:
    """Raises NotJson for another media type and InvalidFields for text that is not UTF-8 or not
    JSON; NaN and Infinity are not JSON."""
    return from_json(await read_body(request))


async def read_body(request: Request) -> bytes:
    """Raises NotJson for another media type: this one no page of another site can send unasked."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise NotJson(
            "The request is not application/json",
            where="header Content-Type",
            next_step="Send Content-Type: application/json.",
        )
    return await request.body()


def from_json(body: bytes) -> Any:
    """Raises InvalidFields."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidFields([FieldProblem(field="body", reason=f"Not JSON: {error}")]) from error


def parsed(model: type[Model], raw: Any) -> Model:
    """By the rules of JSON: no text is taken for a number. Raises InvalidFields."""
    try:
        return model.model_validate_json(orjson.dumps(whole_numbers(raw)), strict=True)
    except ValidationError as error:
        raise InvalidFields(field_problems(error, "body")) from error


def whole_numbers(raw: Any) -> Any:
    """JSON has one kind of number: 20.0 is a whole one. raw: an object's own values are looked
    at; anything else is returned as it is."""
    return {name: _whole(value) for name, value in raw.items()} if isinstance(raw, dict) else raw


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def body_of(schema: dict[str, Any], examples: dict[str, Any]) -> dict[str, Any]:
    """The description of such a body for OpenAPI."""
    shown = {name: {"value": value} for name, value in examples.items()}
    content = {"application/json": {"schema": schema, "examples": shown}}
    return {"requestBody": {"required": True, "content": content}}
