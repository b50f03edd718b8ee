"""How far the reading of a large table has come."""

from io import BytesIO
from types import TracebackType
from typing import Any

from tqdm import tqdm


class Shown(BytesIO):
    """Bytes that show, on a terminal, how many of them were read; not if all are in a second."""

    def __init__(self, content: bytes, name: str) -> None:
        super().__init__(content)
        self._bar: tqdm[Any] = tqdm(
            total=len(content), desc=name, unit="B", unit_scale=True, delay=1, disable=None
        )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.close()
        super().__exit__(kind, error, trace)

    def read(self, size: int | None = -1, /) -> bytes:
        return self._told(super().read(size))

    def read1(self, size: int | None = -1, /) -> bytes:
        return self._told(super().read1(size))

    def _told(self, chunk: bytes) -> bytes:
        self._bar.update(len(chunk))
        return chunk
