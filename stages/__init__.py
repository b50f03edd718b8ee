"""The stages of dvc.yaml: each reads params and inputs, calls galaxyzoo, and writes outputs."""

import logging
import sys
from collections.abc import Callable

from tqdm.contrib.logging import logging_redirect_tqdm

from galaxyzoo.errors import UserError
from galaxyzoo.versions import check_versions


def run(stage: Callable[[], None]) -> None:
    """Run `stage`; what a user did wrong is told without a traceback, and exits with 1.

    What it logs stands on lines of its own, above a progress bar if there is one.
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    try:
        check_versions()
        with logging_redirect_tqdm():
            stage()
    except UserError as error:
        sys.exit(f"error: {error}")
