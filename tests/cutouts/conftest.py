"""The stand-in, and a clock whose seconds take no time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.cutouts.stand_in import StandIn, serving


@dataclass
class Clock:
    """Time that passes when somebody sleeps, and at no other time."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("galaxyzoo.cutouts.service.time", clock)
    monkeypatch.setattr("urllib3.util.retry.time", clock)
    return clock


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def sky(clock: Clock) -> Iterator[StandIn]:
    with serving(clock.monotonic) as server:
        yield server


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """Four galaxies; the second one's id has 18 digits, the third's is no number."""
    path = tmp_path / "catalogue.csv"
    path.write_text(
        "GalaxyID,RA,dec,PETROR90_R\n"
        "100,10,0.5,5.25\n"
        "587722981742084144,20,-1.5,12\n"
        "J100620.35+101629.1,30,10.2746,3.1\n"
        "7,40,0,20\n"
    )
    return path
