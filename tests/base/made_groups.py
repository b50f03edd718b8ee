"""Control groups that are made up, in a folder."""

from pathlib import Path


def write_groups(folder: Path, own: str, files: dict[str, str]) -> tuple[Path, Path]:
    """What stands in /proc/self/cgroup, and what is mounted: the paths of both.

    `own` is the text of the first; `files` are the texts of files below the other.
    """
    (folder / "own").write_text(own)
    for name, content in files.items():
        path = folder / "mounted" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder / "own", folder / "mounted"
