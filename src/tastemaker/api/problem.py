"""Errors as problem documents (RFC 9457): what happened, where, and what to do next."""

from collections.abc import Sequence
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from tastemaker.api.json_answer import JsonAnswer
from tastemaker.core import trace
from tastemaker.core.errors import EnvironmentProblem, TastemakerError, TooManyAttempts
from tastemaker.core.event_rules import Broken

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
_RETRY_AFTER_S = 1


class FieldProblem(BaseModel):
    field: str = Field(description="Where in the request, e.g. `query.k` or `body.at`.")
    reason: str


class Problem(BaseModel):
    """What every error looks like."""

    type: str = Field(description="The kind of error, stable.")
    title: str
    status: int
    detail: str = Field(description="What happened.")
    where: str | None = Field(default=None, description="Field, file or address.")
    next_step: str | None = Field(default=None, description="What to do about it.")
    errors: list[FieldProblem] = Field(default=[], description="Each field that is wrong.")


class InvalidFields(Exception):
    """Raised by routes that read their body themselves, with pydantic's findings."""

    def __init__(self, found: Sequence[FieldProblem]) -> None:
        super().__init__("invalid fields")
        self.found = found


def field_problems(
    error: ValidationError | RequestValidationError, place: str = ""
) -> list[FieldProblem]:
    """Says where and why, never what was sent. place: put before each field's name."""
    return [
        FieldProblem(
            field=".".join(str(part) for part in ((place,) if place else ()) + found["loc"]),
            reason=found["msg"].removeprefix("Value error, "),
        )
        for found in error.errors()
    ]


def rule_problems(broken: Sequence[Broken], place: str = "") -> list[FieldProblem]:
    return [
        FieldProblem(field=f"{place}.{field}" if place else field, reason=reason)
        for field, reason in broken
    ]


def problem_answer(error: TastemakerError) -> Response:
    """The answer for an error of the platform; one that passes may be tried again."""
    # Where the server keeps its files and databases is for its log alone.
    is_own = error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    document = Problem(
        type=kind(error.title),
        title=error.title,
        status=error.status,
        detail=error.what,
        where=None if is_own else error.where or None,
        next_step=error.next_step or None,
    )
    return _answer(document, _retry_after(error))


def _retry_after(error: TastemakerError) -> dict[str, str] | None:
    if isinstance(error, TooManyAttempts):
        return {"Retry-After": str(error.retry_after_s)}
    if isinstance(error, EnvironmentProblem):
        return {"Retry-After": str(_RETRY_AFTER_S)}
    return None


def install_problems(app: FastAPI) -> None:
    """Make every error of the app a problem document."""
    app.add_exception_handler(TastemakerError, _of_platform)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(InvalidFields, _of_fields)
    app.add_exception_handler(HTTPException, _of_framework)
    app.add_exception_handler(Exception, _of_defect)


async def _of_platform(_: Request, error: Exception) -> Response:
    assert isinstance(error, TastemakerError)
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request failed", error=str(error))
    return problem_answer(error)


async def _of_validation(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return _invalid(field_problems(error))


async def _of_fields(_: Request, error: Exception) -> Response:
    assert isinstance(error, InvalidFields)
    return _invalid(error.found)


async def _of_framework(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.BAD_REQUEST:
        # The framework's word for a body it cannot take apart.
        return _invalid([FieldProblem(field="body", reason="It is broken or not UTF-8")])
    document = Problem(
        type=kind(status.phrase),
        title=status.phrase,
        status=status,
        detail=_DETAILS.get(status, status.description or status.phrase),
        next_step="See /docs for what there is.",
    )
    return _answer(document, dict(error.headers or {}))


async def _of_defect(_: Request, __: Exception) -> Response:
    # The server's own handler logs the trace; it is none of the client's business.
    document = Problem(
        type="urn:tastemaker:internal-error",
        title="Internal error",
        status=500,
        detail="The server met an error of its own.",
        next_step="Look at its log.",
    )
    # Outside of what puts the id on every other answer.
    return _answer(document, {trace.HTTP_HEADER: trace.current()})


_DETAILS = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take this method.",
}


def _invalid(found: Sequence[FieldProblem]) -> Response:
    first = found[0]
    document = Problem(
        type="urn:tastemaker:request-invalid",
        title="Request invalid",
        status=422,
        detail=f"{first.field}: {first.reason}",
        where=first.field,
        next_step="Correct the fields named in errors.",
        errors=list(found),
    )
    return _answer(document)


def _answer(document: Problem, headers: dict[str, str] | None = None) -> Response:
    return JsonAnswer(
        document.model_dump(exclude_none=True, exclude_defaults=True),
        status_code=document.status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


def kind(title: str) -> str:
    return f"urn:tastemaker:{title.lower().replace(' ', '-')}"
