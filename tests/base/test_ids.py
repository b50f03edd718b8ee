"""GalaxyIDs are names, digit by digit."""

from pathlib import Path

import numpy as np

from galaxyzoo.base.ids import ascending, id_array, is_id


def test_they_keep_zeros_and_any_length() -> None:
    ids = ["100", "99", "00099", "9223372036854775813", "7", "100000000000000000007"]
    assert ascending(ids) == [
        "7",
        "00099",
        "99",
        "100",
        "9223372036854775813",
        "100000000000000000007",
    ]


def test_an_array_of_them_needs_no_pickle(tmp_path: Path) -> None:
    np.save(tmp_path / "ids.npy", id_array(["007", "18446744073709551616"]))
    assert np.load(tmp_path / "ids.npy").tolist() == ["007", "18446744073709551616"]


def test_only_digits_are_one() -> None:
    assert is_id("000123")
    assert is_id("1" * 100)
    for other in ("", "1.0", "1e5", "-1", " 1", "1\n", "٣", "1" * 101, "M31", "1/2"):
        assert not is_id(other), other
