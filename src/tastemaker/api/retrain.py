"""Ask for a training, and see how far it is."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, status
from pydantic import BaseModel, Field

from tastemaker.api.json_answer import JsonAnswer
from tastemaker.api.prefix import PREFIX
from tastemaker.api.problem_docs import problems
from tastemaker.api.services import UsedServices
from tastemaker.api.write_key import require_write_key
from tastemaker.train.retrain_state import RetrainPhase
from tastemaker.train.version_record import VersionState

router = APIRouter(prefix=PREFIX, tags=["operations"])


class RetrainAnswer(BaseModel):
    """Of the latest training that was asked for."""

    phase: RetrainPhase
    asked_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    version: str | None = Field(description="Once it is done.")
    outcome: VersionState | None
    reason: str = Field(description="Why it serves or does not, or why it failed.")


_ASKED: dict[str, Any] = {
    "phase": "asked",
    "asked_at": "2026-01-01T12:00:00Z",
    "started_at": None,
    "ended_at": None,
    "version": None,
    "outcome": None,
    "reason": "",
}
_DONE = _ASKED | {
    "started_at": "2026-01-01T12:00:01Z",
    "phase": "done",
    "ended_at": "2026-01-01T12:00:40Z",
    "version": "20260101T120000.000000-0123456789ab",
    "outcome": "in service",
    "reason": "Not worse in ndcg@10 than in service, popular, item_knn.",
}


@router.post(
    "/retrain",
    status_code=status.HTTP_202_ACCEPTED,
    summary="Train anew on everything known",
    description="By the trainer, beside the server, which goes on answering. What passes the gate"
    " is taken over without a restart. Refused while one waits or runs.",
    response_model=RetrainAnswer,
    responses={
        202: {"content": {"application/json": {"example": _ASKED}}},
        **problems(401, 409, 503),
    },
    dependencies=[Depends(require_write_key)],
)
def ask(services: UsedServices) -> JsonAnswer:
    return JsonAnswer(asdict(services.retraining.ask()), status_code=status.HTTP_202_ACCEPTED)


@router.get(
    "/retrain",
    summary="How far the training is",
    description="Of the latest one that was asked for.",
    response_model=RetrainAnswer,
    responses={200: {"content": {"application/json": {"example": _DONE}}}, **problems(503)},
)
def state(services: UsedServices) -> JsonAnswer:
    return JsonAnswer(asdict(services.retraining.state()))
