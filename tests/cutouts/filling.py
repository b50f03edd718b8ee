"""A folder of pictures filled from the stand-in, by the catalogue that all tests begin with."""

from pathlib import Path

from galaxyzoo.cutouts.download import CutoutOptions, CutoutOutcome, download
from tests.cutouts.stand_in import StandIn

IDS = ["100", "587722981742084144", "J100620.35+101629.1", "7"]
RAS = ["10.0000000", "20.0000000", "30.0000000", "40.0000000"]


def run(catalogue: Path, sky: StandIn, give_up: int = 10, rate: float = 1) -> CutoutOutcome:
    options = CutoutOptions(address=sky.address, rate=rate, give_up=give_up)
    return download(catalogue, catalogue.with_name("sky"), options)


def pictures(catalogue: Path) -> set[str]:
    return {path.name for path in catalogue.with_name("sky").iterdir()}
