"""An MLflow server that keeps its runs and files in its folder."""

import urllib.request
from pathlib import Path

from deploy.servers import process
from deploy.servers.locked_venv import install_locked
from deploy.servers.server import SOURCES

_LIMIT_S = 120.0
_LOCK = SOURCES.parents[1] / "requirements-mlflow.lock"


class MlflowServer:
    name = "mlflow"
    variable = "TASTEMAKER_TEST_MLFLOW_URL"
    packages: dict[str, str] = {}  # noqa: RUF012

    def install(self, folder: Path) -> None:
        install_locked(_LOCK, folder)

    def start(self, folder: Path, port: int) -> str:
        # What `mlflow server` does, in one process of 270 MB instead of several.
        python = str(folder / "venv" / "bin" / "python")
        command = [python, "-m", "uvicorn", "mlflow.server.fastapi_app:app", "--port", str(port)]
        settings = {
            "_MLFLOW_SERVER_FILE_STORE": f"sqlite:///{folder}/mlflow.db",
            "_MLFLOW_SERVER_ARTIFACT_ROOT": "mlflow-artifacts:/",
            "_MLFLOW_SERVER_ARTIFACT_DESTINATION": f"{folder}/artifacts",
            "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            "MLFLOW_DISABLE_TELEMETRY": "true",
        }
        process.start(folder, command, settings)
        process.wait_until(lambda: _answers(port), folder, _LIMIT_S)
        return f"http://127.0.0.1:{port}"

    def stop(self, folder: Path) -> None:
        process.stop(folder)

    def is_running(self, folder: Path) -> bool:
        return process.is_running(folder)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2.0) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
