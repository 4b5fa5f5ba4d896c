"""A trained home, and roles on a copy of it as processes of their own."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TRAINED = Path(os.environ.get("TASTEMAKER_BENCH_HOME", "var/bench/ml-1m")).absolute()
LIMIT_S = 600.0
USERS = range(1, 6_041)
_OF_A_RUN = ("*.db", "*.db-*", "schedule.json", "pictures")


@dataclass
class Service:
    """processes: by role."""

    home: Path
    address: str = ""
    processes: dict[str, "subprocess.Popen[str]"] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.home}/tastemaker.db"


@contextmanager
def service(data_dir: Path, *roles: str, **settings: str) -> Iterator[Service]:
    """The gateway, and these roles, on a fresh copy of the trained home. settings: by the name of
    the environment without its beginning."""
    _train_once(data_dir)
    with tempfile.TemporaryDirectory(dir=TRAINED.parent) as folder, ExitStack() as until_end:
        home = Path(folder) / "home"
        shutil.copytree(
            TRAINED, home, copy_function=os.link, ignore=shutil.ignore_patterns(*_OF_A_RUN)
        )
        # None may be cut short: what counts is what the model answers.
        settings = {"RECOMMEND__DEADLINE_MS": "10000", **settings}
        given = {f"TASTEMAKER__{name}": value for name, value in settings.items()}
        found = Service(home)
        for name in ("gateway", *roles):
            process, said = until_end.enter_context(_role(name, home, given))
            found.processes[name] = process
            if name == "gateway":
                found.address = next(word for word in said.split() if word.startswith("http"))
        yield found


def wait_until(is_so: Callable[[], object], pause_s: float = 0.002) -> None:
    until_s = time.monotonic() + LIMIT_S
    while not is_so():
        if time.monotonic() > until_s:
            raise RuntimeError("it did not come to be")
        time.sleep(pause_s)


@contextmanager
def _role(
    name: str, home: Path, environment: dict[str, str]
) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """With the line it said when it was ready."""
    command = [sys.executable, "-m", "tastemaker", "role", name, "--home", str(home)]
    if name == "gateway":
        command += ["--port", "0"]
    with (home.parent / f"{name}.err").open("w") as errors:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=home.parent,
            env={**os.environ, "TASTEMAKER__ROLE_SERVER__PORT": "0", **environment},
            text=True,
        )
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            while said and "ready" not in said and "http://" not in said:
                said = process.stdout.readline()
            if not said:
                raise RuntimeError((home.parent / f"{name}.err").read_text()[-2_000:])
            yield process, said
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def _train_once(data_dir: Path) -> None:
    if (TRAINED / "models" / "CURRENT").exists():
        return
    TRAINED.mkdir(parents=True, exist_ok=True)
    steps = (["ingest", str(data_dir / "ml-1m")], ["preprocess"], ["movies"], ["train"])
    for step in steps:
        command = [sys.executable, "-m", "tastemaker", *step, "--home", str(TRAINED)]
        subprocess.run(command, check=True, cwd=TRAINED.parent, stdout=subprocess.DEVNULL)
