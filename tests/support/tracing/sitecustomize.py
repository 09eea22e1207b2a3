"""Imported by Python at its start where this folder is on PYTHONPATH."""

import os
from pathlib import Path

from tests.support.traced import start_tracing

start_tracing(Path(os.environ["TRACE"]))
