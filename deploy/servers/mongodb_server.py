"""The MongoDB protocol, by mongo-java-server: in memory, no mongod."""

from pathlib import Path

from deploy.servers import process
from deploy.servers.maven import PACKAGES, fetch_jars
from deploy.servers.server import SOURCES

_LIMIT_S = 60.0


class MongodbServer:
    name = "mongodb"
    variable = "TASTEMAKER_TEST_MONGODB_URL"
    packages = PACKAGES

    def install(self, folder: Path) -> None:
        fetch_jars(SOURCES / "mongodb" / "pom.xml", folder)

    def start(self, folder: Path, port: int) -> str:
        source = SOURCES / "mongodb" / "MongoWire.java"
        command = ["java", "-Xmx512m", "-XX:+UseSerialGC", "-cp", f"{folder}/libs/*"]
        process.start(folder, [*command, str(source), str(port)], {})
        process.wait_until(lambda: process.listens(port), folder, _LIMIT_S)
        return f"mongodb://127.0.0.1:{port}/tastemaker"

    def stop(self, folder: Path) -> None:
        process.stop(folder)

    def is_running(self, folder: Path) -> bool:
        return process.is_running(folder)
