"""What a role tells over HTTP: whether it is alive, whether it is ready, its figures."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import structlog
from prometheus_client import CollectorRegistry, generate_latest
from pydantic import BaseModel, Field

from tastemaker.observe.metrics import CONTENT_TYPE

log = structlog.get_logger(__name__)

_READ_LIMIT_S = 10.0


class RoleServerConfig(BaseModel, frozen=True, extra="forbid"):
    host: str = "127.0.0.1"
    port: int = Field(default=9464, ge=0, le=65_535)  # 0: any free one, named in the log


class RoleServer:
    """Answers /health/live, /health/ready and /metrics until it is stopped."""

    def __init__(
        self,
        config: RoleServerConfig,
        roles: tuple[str, ...],
        registry: CollectorRegistry,
        states: Callable[[], Mapping[str, str]],
    ) -> None:
        """states: of every dependency why it is away, empty where it is not.

        A port that is taken ends in another one: no role fails for want of its figures.
        """
        told = _Told(roles, registry, states)
        try:
            self._server = _Server((config.host, config.port), told)
        except OSError as error:
            self._server = _Server((config.host, 0), told)
            log.warning("port taken", port=config.port, why=error.strerror, instead=self.address)
        self._roles = roles

    @property
    def address(self) -> str:
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def run(self) -> None:
        log.info("metrics served", address=f"{self.address}/metrics", roles=self._roles)
        self._server.serve_forever()

    def stop(self) -> None:
        """`run` has begun, and ends with it."""
        self._server.shutdown()
        self._server.server_close()


@dataclass(frozen=True, slots=True)
class _Told:
    roles: tuple[str, ...]
    registry: CollectorRegistry
    states: Callable[[], Mapping[str, str]]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Two servers on one port, each with a part of the requests, would be a riddle.
    allow_reuse_port = False

    def __init__(self, address: tuple[str, int], told: _Told) -> None:
        self.told = told
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _READ_LIMIT_S

    def do_GET(self) -> None:
        told = self.server.told
        match self.path.partition("?")[0]:
            case "/metrics":
                self._send(HTTPStatus.OK, generate_latest(told.registry), CONTENT_TYPE)
            case "/health/live":
                self._tell(HTTPStatus.OK, {"status": "alive", "roles": told.roles})
            case "/health/ready":
                self._tell_ready(told)
            case _:
                there_is = ["/metrics", "/health/live", "/health/ready"]
                self._tell(HTTPStatus.NOT_FOUND, {"status": "not found", "there_is": there_is})

    def _tell_ready(self, told: _Told) -> None:
        found = told.states()
        away = {name: why for name, why in found.items() if why}
        status = HTTPStatus.SERVICE_UNAVAILABLE if away else HTTPStatus.OK
        ready: dict[str, object] = {
            "status": "not ready" if away else "ready",
            "roles": told.roles,
            "dependencies": sorted(found),
            "away": away,
        }
        self._tell(status, ready)

    def _tell(self, status: HTTPStatus, told: Mapping[str, object]) -> None:
        self._send(status, json.dumps(told).encode(), "application/json")

    def _send(self, status: HTTPStatus, body: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Asked every few seconds: not a line each."""
