"""Health, readiness and metrics: what Kubernetes, systemd and Prometheus ask."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from wirewatch.readiness import Readiness


def health_routes(readiness: Readiness, registry: CollectorRegistry) -> list[Route]:
    """`/healthz` says that the process answers, `/readyz` that it does its work, `/metrics` how much.

    They have threads of their own, so that no page that is slow to read keeps them waiting.
    """
    threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="vitals")

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_request: Request) -> Response:
        loop = asyncio.get_running_loop()
        verdicts = await loop.run_in_executor(threads, readiness.verdicts)
        told = await loop.run_in_executor(threads, readiness.descriptions)
        is_ready = all(verdict.is_ready for verdict in verdicts.values())
        checks = {name: {"ready": one.is_ready, "detail": one.detail} for name, one in verdicts.items()}
        status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
        return JSONResponse({"ready": is_ready, "checks": checks, **told}, status)

    async def metrics(_request: Request) -> Response:
        text = await asyncio.get_running_loop().run_in_executor(threads, generate_latest, registry)
        return Response(text, headers={"content-type": CONTENT_TYPE_LATEST})

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
