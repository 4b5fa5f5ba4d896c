"""For those who run the server: is it alive, can it answer, how is it doing."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from tastemaker.api.json_answer import JsonAnswer
from tastemaker.api.problem_docs import problems
from tastemaker.api.services import UsedServices
from tastemaker.observe.metrics import CONTENT_TYPE

router = APIRouter(tags=["operations"])


class Alive(BaseModel):
    status: str


class Ready(BaseModel):
    status: str
    model_version: str
    models: list[str] = Field(description="Variants that `model` may name.")
    default_model: str


@router.get(
    "/health/live",
    summary="Is the process alive",
    description="Answers as long as the process does; looks at nothing else.",
    response_model=Alive,
    responses={
        200: {"content": {"application/json": {"example": {"status": "alive"}}}},
        **problems(),
    },
)
async def live() -> JsonAnswer:
    return JsonAnswer({"status": "alive"})


@router.get(
    "/health/ready",
    summary="Can it answer",
    description="Whether the database answers, and which models are in service.",
    response_model=Ready,
    responses={
        200: {
            "content": {
                "application/json": {
                    "example": {
                        "status": "ready",
                        "model_version": "20240101-000000",
                        "models": ["popular", "transitions"],
                        "default_model": "transitions",
                    }
                }
            }
        },
        **problems(503),
    },
)
async def ready(services: UsedServices) -> JsonAnswer:
    services.interactions.ping()
    recommender = services.recommender
    return JsonAnswer(
        {
            "status": "ready",
            "model_version": recommender.version,
            "models": recommender.variants,
            "default_model": recommender.default_variant,
        }
    )


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    description="Requests, times, slates, events and the model in service, in Prometheus' text.",
    response_class=Response,
    responses={
        200: {
            "content": {
                "text/plain": {
                    "schema": {"type": "string"},
                    "example": 'tastemaker_slates_total{model="ease",source="model"} 12.0',
                }
            }
        },
        **problems(),
    },
)
async def metrics(services: UsedServices) -> Response:
    return Response(services.metrics.text(), headers={"Content-Type": CONTENT_TYPE})
