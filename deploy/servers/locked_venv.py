"""An environment of a server's own, made once for each version of its lock file."""

import hashlib
import sys
from pathlib import Path

from deploy.servers.process import run


def install_locked(lock: Path, folder: Path) -> None:
    """Into folder/venv."""
    stamp, wanted = folder / "venv.stamp", hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    run([sys.executable, "-m", "venv", "--clear", folder / "venv"])
    pip = [str(folder / "venv" / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    run([*pip, "--disable-pip-version-check", "--require-hashes", "-r", lock])
    stamp.write_text(wanted)
