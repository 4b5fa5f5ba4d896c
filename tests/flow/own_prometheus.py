"""A Prometheus server of one test alone, configured as the dashboard's is."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from deploy.grafana.__main__ import FILE
from deploy.servers.process import free_ports, listens

from tests.flow.processes import LIMIT_S, until

CONFIG = FILE.parents[1] / "prometheus.yaml"
_SCRAPE_EVERY = "250ms"
_RATE_OVER = "4s"
_VARIABLE = re.compile(r"\$\w+")


@dataclass(frozen=True)
class OwnPrometheus:
    address: str

    def ask(self, query: str) -> list[dict[str, str]]:
        """Labels of every series of the answer. query: as it stands in the dashboard."""
        filled = _VARIABLE.sub(_RATE_OVER, query)
        answer = httpx2.get(
            f"{self.address}/api/v1/query", params={"query": filled}, timeout=LIMIT_S
        )
        told: dict[str, Any] = answer.json()
        assert told["status"] == "success", f"{query}: {told}"
        return [series["metric"] for series in told["data"]["result"]]


@contextmanager
def own_prometheus(folder: Path, targets: Sequence[str]) -> Iterator[OwnPrometheus]:
    """targets: HOST:PORT of each process that tells of itself."""
    program = shutil.which("prometheus")
    if program is None:
        pytest.skip("Prometheus is not installed")
    config = CONFIG.read_text()
    config = re.sub(r"(scrape_interval:) .*", rf"\1 {_SCRAPE_EVERY}", config)
    config = re.sub(r"(targets:) .*", rf"\1 {list(targets)}", config)
    folder.mkdir()
    (folder / "prometheus.yaml").write_text(config)
    (port,) = free_ports(1)
    command = [program, f"--config.file={folder}/prometheus.yaml", f"--storage.tsdb.path={folder}"]
    command += [f"--web.listen-address=127.0.0.1:{port}"]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as process,
    ):
        try:
            until(lambda: listens(port))
            yield OwnPrometheus(f"http://127.0.0.1:{port}")
        finally:
            process.kill()
