"""Jars of a server, fetched once for each version of its list."""

import hashlib
import shutil
from pathlib import Path

from deploy.servers.process import run

PACKAGES = {"mvn": "maven", "javac": "default-jdk-headless"}


def fetch_jars(pom: Path, folder: Path) -> None:
    libs, stamp = folder / "libs", folder / "libs.stamp"
    wanted = hashlib.sha256(pom.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.rmtree(libs, ignore_errors=True)
    command = ["mvn", "-q", "-B", "-f", str(pom), "dependency:copy-dependencies"]
    run([*command, f"-DoutputDirectory={libs}"])
    stamp.write_text(wanted)
