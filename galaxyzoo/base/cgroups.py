"""Control groups, by which Linux limits what the processes of a container or a job may use."""

from collections.abc import Iterator
from pathlib import Path

MOUNTED = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")
"""Which groups this process is in: a line "number:controllers:/path" for each hierarchy"""


def own_groups(controller: str, own: Path = OWN, mounted: Path = MOUNTED) -> Iterator[Path]:
    """The folders of this process's groups that can limit what `controller` is named after.

    Of version 1 and 2, and each group above it; those that aren't there are among them.
    """
    try:
        lines = own.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        yield from _along(line, controller, mounted)


def words(path: Path) -> list[str]:
    """What a file of a group says; nothing if it isn't there."""
    try:
        return path.read_text().split()
    except (OSError, UnicodeDecodeError):
        return []


def _along(line: str, controller: str, mounted: Path) -> Iterator[Path]:
    """The folders along the path of one hierarchy, in which this process is."""
    _, controllers, path = [*line.split(":", 2), "", ""][:3]
    if not controllers:
        tops = (mounted, mounted / "unified")
    elif controller in controllers.split(","):
        tops = (mounted / controller, mounted / controllers)
    else:
        return
    inside = Path(path.lstrip("/"))
    # in a container the path can be that of the host, of which only the top is to be seen
    for top in tops:
        yield from (top / part for part in (inside, *inside.parents, Path()))
