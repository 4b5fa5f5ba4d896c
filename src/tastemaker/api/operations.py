"""For those who run the server: is it alive, can it answer, how is it doing."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from tastemaker.api.json_answer import JsonAnswer
from tastemaker.api.problem_docs import problems
from tastemaker.api.services import UsedServices
from tastemaker.core.errors import EnvironmentProblem
from tastemaker.observe.metrics import CONTENT_TYPE

router = APIRouter(tags=["operations"])


class Alive(BaseModel):
    status: str


class Ready(BaseModel):
    status: str
    model_version: str
    models: list[str] = Field(description="Variants that `model` may name.")
    default_model: str
    dependencies: list[str] = Field(description="What this server needs; all of it answers.")


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
    description="Whether everything this server needs answers (database, bus, models, stored"
    " slates, log of slates, shared files), and which models are in service. A server that is not"
    " ready says what is away, and still answers what it can.",
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
                        "dependencies": ["bus", "database", "models"],
                    }
                }
            }
        },
        **problems(503),
    },
)
async def ready(services: UsedServices) -> JsonAnswer:
    await run_in_threadpool(services.interactions.ping)
    states = services.dependencies()
    away = sorted(name for name, why in states.items() if why)
    if away:
        raise EnvironmentProblem(
            f"Away: {', '.join(away)}", next_step="Start what is away; the log says why it is."
        )
    recommender = services.recommender
    return JsonAnswer(
        {
            "status": "ready",
            "model_version": recommender.version,
            "models": recommender.variants,
            "default_model": recommender.default_variant,
            "dependencies": sorted(states),
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
