"""A small run of the fuzz that benchmarks/fuzz_images.py does at length."""

from benchmarks.fuzz_images import MUTATIONS, report, run
from tests.conftest import make_jpeg

TAKEN = {"alike", "different"}


def test_no_damage_falls_through() -> None:
    """Without a sign go single bits that change numbers, and parts that change places."""
    jpegs = [make_jpeg(seed, 200, 200) for seed in range(10)]
    verdicts = list(run(jpegs, count=180, zips=36, others=84, seed=1))
    assert [one for one in verdicts if one.outcome.startswith("FELL")] == []
    assert "fell: 0" in report(verdicts)
    jpegs_taken = [one for one in verdicts if one.kind in MUTATIONS and one.outcome in TAKEN]
    assert len(jpegs_taken) <= 18
    assert {one.kind for one in jpegs_taken} & {"noise", "cut", "cut and close"} == set()
