"""The line to a server, which a test can cut and mend."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self
from urllib.parse import SplitResult, urlsplit

_CHUNK_BYTES = 65_536


class Line:
    """Passes on what comes to its own address; cut, that address refuses connections; stalled,
    it takes them and says nothing."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._flows = threading.Event()
        self._flows.set()
        self._port = 0
        self._listener: socket.socket
        self.mend()

    @property
    def url(self) -> str:
        """Of the server, by way of this line."""
        user = self._parts.netloc.rpartition("@")[0]
        host = f"127.0.0.1:{self._port}"
        changed: SplitResult = self._parts._replace(netloc=f"{user}@{host}" if user else host)
        return changed.geturl()

    def cut(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
            self._open.clear()

    def stall(self) -> None:
        self._flows.clear()

    def mend(self) -> None:
        """After a cut: at the same address as before."""
        if not self._flows.is_set():
            self._flows.set()
            return
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._flows.set()
        self.cut()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection((self._parts.hostname, self._parts.port))
                with self._lock:
                    self._open += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while some := source.recv(_CHUNK_BYTES):
                self._flows.wait()
                target.sendall(some)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)


@contextmanager
def line_to(url: str) -> Iterator[tuple[Line, str]]:
    """With the URL by way of it; S3 names its server at the end of its own."""
    before, mark, endpoint = url.partition("endpoint=")
    with Line(endpoint or url) as line:
        yield line, f"{before}{mark}{line.url}" if endpoint else line.url
