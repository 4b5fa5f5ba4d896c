"""An outside API of our own, over real HTTP, that can be told to misbehave."""

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orjson
from PIL import Image

FILM = {"poster_path": "/abc.jpg", "backdrop_path": "/def.jpg", "overview": "A toy is jealous."}


def jpeg(width_px: int = 154, height_px: int = 231) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (width_px, height_px), "navy").save(held, "JPEG")
    return held.getvalue()


class Reply:
    """What the API answers. length: what it claims; None: the truth."""

    def __init__(
        self, status: int = 200, content: bytes = b"", length: int | None = None, **headers: str
    ) -> None:
        self.status = status
        self.content = content
        self.length = len(content) if length is None else length
        self.headers = headers


def well_behaved(path: str) -> Reply:
    if path.startswith("/3/movie/"):
        return Reply(content=orjson.dumps(FILM))
    return Reply(content=jpeg())


class Outside:
    """reply: may be replaced at any time. held: while it is clear, answers wait."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.reply: Callable[[str], Reply] = well_behaved
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.held = threading.Event()
        self.held.set()


@contextmanager
def outside_api() -> Iterator[Outside]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            outside.asked.append(self.path)
            outside.headers.append({name.lower(): value for name, value in self.headers.items()})
            outside.held.wait(30)
            reply = outside.reply(self.path)
            self.send_response(reply.status)
            self.send_header("Content-Length", str(reply.length))
            for name, value in reply.headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(reply.content)

        def log_message(self, *_: object) -> None:
            """Nothing: the tests look at what was asked."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    outside = Outside(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield outside
    finally:
        outside.held.set()
        server.shutdown()
        thread.join()
        server.server_close()
