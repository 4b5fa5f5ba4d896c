"""The process that answers over HTTP."""

import contextlib
import errno
import gc
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from tastemaker.core.errors import ConfigInvalid, PortTaken


@contextmanager
def bound_socket(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that holds the address before the long work of a first start begins.

    Raises PortTaken and ConfigInvalid (an address that is not this machine's).
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, or asyncio leaves Nagle's algorithm on and every answer waits for 40 ms.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind((host, port))
        except OSError as error:
            raise _explained(error, host, port) from error
        yield held


def serve(app: FastAPI, held: socket.socket, on_ready: Callable[[str], None]) -> None:
    """Answers until SIGINT or SIGTERM, then finishes what is in flight and returns.

    on_ready: called with the address once requests are answered.
    """
    host, port = held.getsockname()[:2]
    address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    config = uvicorn.Config(
        app, log_config=None, access_log=False, timeout_graceful_shutdown=10, server_header=False
    )
    server = _AnnouncingServer(config, lambda: on_ready(address))
    # What is loaded stays: no collection of garbage has to look at it again while requests wait.
    gc.collect()
    gc.freeze()
    # A thread that writes in the background gives way after half a millisecond, not five.
    sys.setswitchinterval(0.0005)
    # uvicorn raises the signal again after its own clean shutdown.
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[held])


class _AnnouncingServer(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()


def _explained(error: OSError, host: str, port: int) -> Exception:
    where = f"{host}:{port}"
    if error.errno == errno.EADDRINUSE:
        return PortTaken(
            f"Port {port} is taken by another program",
            where=where,
            next_step=f"Choose another one: tastemaker up --port {port + 1}.",
        )
    if error.errno == errno.EACCES:
        return PortTaken(
            f"Port {port} needs administrator rights",
            where=where,
            next_step="Choose one above 1023: tastemaker up --port 8000.",
        )
    return ConfigInvalid(
        f"Cannot listen on '{host}'",
        where="api.host",
        next_step="Use 127.0.0.1, or an address of this machine.",
    )
