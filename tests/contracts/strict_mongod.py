"""As much of a mongod as tells that an index is there with another time: the server that the
contracts run on does not."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bson

_QUERY, _REPLY, _MESSAGE = 2004, 1, 2013
_HELLO = {"ismaster": True, "maxWireVersion": 21, "minWireVersion": 0, "ok": 1.0}
_CONFLICT = {"ok": 0.0, "code": 85, "codeName": "IndexOptionsConflict", "errmsg": "other options"}
_UNKNOWN = {"ok": 0.0, "code": 59, "codeName": "CommandNotFound", "errmsg": "no such command"}


class StrictMongod(socketserver.ThreadingTCPServer):
    """expires: seconds of the index on `at`, by collection. n_inserted: documents."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.expires: dict[str, int] = {}
        self.n_inserted = 0

    @property
    def url(self) -> str:
        return f"mongodb://127.0.0.1:{self.server_address[1]}/strict"

    def answer(self, command: dict[str, Any], documents: int) -> dict[str, Any]:
        name, of = next(iter(command.items()))
        match name:
            case "hello" | "ismaster" | "isMaster":
                return _HELLO
            case "createIndexes":
                for index in command["indexes"]:
                    seconds = index.get("expireAfterSeconds")
                    if seconds is not None and self.expires.setdefault(of, seconds) != seconds:
                        return _CONFLICT
            case "collMod":
                assert command["index"]["keyPattern"] == {"at": 1}
                self.expires[of] = command["index"]["expireAfterSeconds"]
            case "insert":
                self.n_inserted += documents
                return {"ok": 1.0, "n": documents}
            case "endSessions":
                pass
            case _:
                return _UNKNOWN
        return {"ok": 1.0}


class _Connection(socketserver.StreamRequestHandler):
    server: StrictMongod

    def handle(self) -> None:
        while head := self.rfile.read(16):
            length, request_id, _, code = struct.unpack("<iiii", head)
            body = self.rfile.read(length - 16)
            command, documents = _read(code, body)
            answer = bson.encode(self.server.answer(command, documents))
            if code == _QUERY:
                payload, code = struct.pack("<iqii", 8, 0, 0, 1) + answer, _REPLY
            else:
                payload = struct.pack("<iB", 0, 0) + answer
            self.wfile.write(struct.pack("<iiii", 16 + len(payload), 0, request_id, code) + payload)


def _read(code: int, body: bytes) -> tuple[dict[str, Any], int]:
    """The command, and how many documents come beside it."""
    if code == _QUERY:
        return bson.decode(body[body.index(b"\0", 4) + 9 :]), 0
    assert code == _MESSAGE
    length = struct.unpack_from("<i", body, 5)[0]
    command = bson.decode(body[5 : 5 + length])
    beside = body[5 + length :]
    if not beside:
        return command, len(command.get("documents", ()))
    return command, len(bson.decode_all(beside[beside.index(b"\0", 5) + 1 :]))


@contextmanager
def strict_mongod() -> Iterator[StrictMongod]:
    with StrictMongod() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
