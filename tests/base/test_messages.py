"""What users read: on one line, short, and harmless to a terminal."""

import numpy as np

from galaxyzoo.base.messages import count, listing, plain, quoted, shorten, some


def test_what_could_steer_a_terminal_is_spelt_out() -> None:
    assert plain("a\x1b[31mred\nerror: b\r\u202e") == "a\\x1b[31mred\\nerror: b\\r\\u202e"
    assert plain("spiral Ω, ±") == "spiral Ω, ±"
    assert plain("not unicode \udcff") == "not unicode \\udcff"


def test_long_things_are_cut_and_say_how_long_they_are() -> None:
    assert shorten("x" * 50_000) == "x" * 120 + "... (50000 characters)"
    assert shorten("x" * 120) == "x" * 120


def test_a_value_is_told_as_it_was_written() -> None:
    assert quoted(np.float64(1.5)) == "1.5"
    assert quoted("1.5") == "'1.5'"
    assert quoted("a\nb") == "'a\\nb'"


def test_lists_count_what_they_leave_out() -> None:
    assert some([1, 2, 3]) == "1, 2, 3"
    assert some(range(5)) == "0, 1, 2 and 2 more"
    assert listing(["a", "b"]) == "  a\n  b"
    assert listing(range(12)).splitlines()[-1] == "  and 2 more"
    assert len(listing(["y" * 9999] * 9999)) < 4000


def test_a_number_stands_with_its_noun() -> None:
    assert [count(n, "image") for n in (0, 1, 1234)] == ["0 images", "1 image", "1,234 images"]
    assert count(2, "galaxy", "galaxies") == "2 galaxies"
