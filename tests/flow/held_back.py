"""An operator who reads what is set aside and never says that it is done: URL of the bus, and a
file that is there once he holds some."""

import sys
import threading
from pathlib import Path

from tastemaker.core.topics import Topic
from tastemaker.roles.set_aside import GROUP
from tests.contracts.buses import BusAddress

url, held = sys.argv[1:]
reader = BusAddress(url).open().subscribe([Topic.SET_ASIDE], GROUP)
while not reader.poll(1_000, timeout_s=1.0):
    pass
Path(held).touch()
threading.Event().wait()
