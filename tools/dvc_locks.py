"""Remove DVC's file of locks if DVC was killed while writing it: python -m tools.dvc_locks

DVC empties .dvc/tmp/rwlock before it writes it anew. Killed in between, it can't read the file at
its next start, and stops; its own advice is to delete the file, which holds nothing then.
"""

import json
import time
from pathlib import Path

from galaxyzoo.base.endings import told

LOCKS = Path(".dvc/tmp/rwlock")
_WRITING = 1.0  # seconds, more than a DVC that lives takes to write it


def main(path: Path = LOCKS) -> None:
    if _is_damaged(path):
        time.sleep(_WRITING)
        if _is_damaged(path):
            path.unlink(missing_ok=True)
            print(f"{path}: removed; DVC was killed while writing it")


def _is_damaged(path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return True
    return False


if __name__ == "__main__":
    with told():
        main()
