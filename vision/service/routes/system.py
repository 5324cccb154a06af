"""`/healthz`, `/readyz`, `/metrics` and `/docs`: for whoever runs the service, and whoever calls it."""

from __future__ import annotations

from typing import Literal

import anyio.to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from candidates.errors import CandidatesError
from vision._version import __version__
from vision.contract.answers.service import Alive, Ready
from vision.service.http import docs_page, openapi
from vision.service.http.answers import json_response
from vision.service.http.language import language_of
from vision.service.metrics import CONTENT_TYPE
from vision.service.routes.access import Checker, ServiceOf

router = APIRouter()

_RETRY = {"Retry-After": "3"}


@router.get("/healthz", tags=["system"], **openapi.ALIVE)
async def alive() -> Response:
    """Tell that the process runs."""
    return json_response(Alive(version=__version__))


@router.get("/readyz", tags=["system"], **openapi.READY)
async def ready(service: ServiceOf) -> Response:
    """Tell whether photos can be checked: 200 when models are loaded and the gallery can be read, else 503."""
    gallery: Literal["open", "none", "unusable"] = "none" if service.settings.gallery is None else "open"
    try:
        await anyio.to_thread.run_sync(service.gallery.now)
    except CandidatesError:
        gallery = "unusable"
    status: Literal["ready", "starting", "stopping", "gallery"] = "ready"
    if service.pool.is_stopping:
        status = "stopping"
    elif not service.pool.ready:
        status = "starting"
    elif gallery == "unusable":
        status = "gallery"
    told = Ready(status=status, workers=service.pool.limits.workers, workers_ready=service.pool.ready, gallery=gallery)
    return json_response(told) if status == "ready" else json_response(told, 503, _RETRY)


@router.get("/metrics", tags=["system"], response_class=PlainTextResponse, **openapi.METRICS)
async def metrics(service: ServiceOf, _caller: Checker) -> Response:
    """Give Prometheus what it collects."""
    return Response(service.metrics.text(), headers={"Content-Type": CONTENT_TYPE})


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> Response:
    """Give the API's documentation as one page."""
    return Response(docs_page.page(request.app.openapi(), language_of(request)), media_type="text/html")


@router.get("/docs.css", include_in_schema=False)
async def docs_style() -> Response:
    """Give the documentation's style."""
    return Response(docs_page.STYLE, media_type="text/css")
