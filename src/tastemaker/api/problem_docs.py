"""Descriptions of the error answers, for OpenAPI."""

from typing import Any

from tastemaker.api.problem import MEDIA_TYPE, kind
from tastemaker.core.errors import (
    BodyTooLarge,
    Conflict,
    EnvironmentProblem,
    Forbidden,
    NotFound,
    NotJson,
    RequestInvalid,
    TastemakerError,
    TooManyAttempts,
    Unauthorized,
)

_SHOWN: dict[int, tuple[type[TastemakerError], str]] = {
    401: (Unauthorized, "The key in X-API-Key is missing or wrong"),
    403: (Forbidden, "Registration is closed"),
    404: (NotFound, "No item '42'"),
    409: (Conflict, "The name 'Anna' is taken"),
    413: (BodyTooLarge, "The request is longer than 8388608 bytes"),
    415: (NotJson, "The request is not application/json"),
    422: (RequestInvalid, "query.k: Input should be less than or equal to 200"),
    429: (TooManyAttempts, "There were too many failed sign-ins"),
    500: (TastemakerError, "The server met an error of its own."),
    503: (EnvironmentProblem, "The database does not answer"),
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error answers of a route; 500 is always among them."""
    return {status: _described(status) for status in (*statuses, 500)}


def _described(status: int) -> dict[str, Any]:
    error, detail = _SHOWN[status]
    example = {"type": kind(error.title), "title": error.title, "status": status, "detail": detail}
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": error.title,
        "content": {MEDIA_TYPE: {"schema": schema, "example": example}},
    }
