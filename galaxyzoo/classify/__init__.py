"""`galaxyzoo classify`: many images to one catalogue.

run.py is the whole of it, and calling.py how it is called from Python. working.py is the work from
images to batches, chunks.py are its pieces, workers.py what does them, in processes here or
elsewhere, and terms.py what must be the same there; partial.py lets an interrupted run resume.
catalogue.py makes rows, of the columns in columns.py; targets.py is the user's own table, whose
types kinds.py fits to a format; identity.py says what is told of the model. whole.py puts these
side by side for writing.py, which writes CSV itself; parquet.py, fits.py and astronomy.py (ECSV and
VOTable) are the other formats.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """A room that can be called, since `galaxyzoo.classify(...)` bears its name."""

    def __call__(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401  as of calling.classify
        # Only when it is called: torch takes seconds to import.
        return import_module("galaxyzoo.classify.calling").classify(*given, **named)


sys.modules[__name__].__class__ = _Callable
