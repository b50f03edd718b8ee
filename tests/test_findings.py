"""What is odd about data is told the same way everywhere."""

import logging
from pathlib import Path

import pytest

from galaxyzoo.findings import FindingsError, finding, read_findings, refuse, warn, write_findings

ODD = finding("odd", list(range(5)), "galaxies are odd", "Look at them.")


def test_it_has_a_count_three_examples_and_advice() -> None:
    assert str(ODD[0]) == "5 galaxies are odd (odd): 0, 1, 2 and 2 more. Look at them."
    assert finding("odd", [], "galaxies are odd", "Look at them.") == []


def test_what_is_wrong_stops_and_names_the_file() -> None:
    refuse(Path("a.csv"), [])
    with pytest.raises(FindingsError, match=r"^a\.csv: 5 galaxies are odd"):
        refuse(Path("a.csv"), ODD)


def test_what_may_be_right_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        warn(Path("a.csv"), ODD)
    assert caplog.messages[0].startswith("warning: a.csv: 5 galaxies are odd")


def test_they_come_back_from_their_json(tmp_path: Path) -> None:
    path = tmp_path / "findings.json"
    write_findings(path, ODD)
    assert read_findings(path) == ODD
