"""The stages of dvc.yaml: each reads params and inputs, calls galaxyzoo, and writes outputs."""

import logging
import sys
from collections.abc import Callable

from galaxyzoo.errors import UserError


def run(stage: Callable[[], None]) -> None:
    """Run `stage`; what a user did wrong is told without a traceback, and exits with 1."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    try:
        stage()
    except UserError as error:
        sys.exit(f"error: {error}")
