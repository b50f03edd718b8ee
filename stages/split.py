"""Draw the galaxies that are kept for testing, and those that are kept for calibration."""

import logging
from pathlib import Path

import pandas as pd

from galaxyzoo.base import paths
from galaxyzoo.base.files import write_csv, write_json
from galaxyzoo.base.ids import id_array, places_of
from galaxyzoo.base.messages import count, some
from galaxyzoo.base.sections import DataParams, read_section
from galaxyzoo.findings import Finding, refuse, warn, write_findings
from galaxyzoo.labels.checks import find_odd_votes, find_wrong_votes
from galaxyzoo.labels.facts import LabelFacts
from galaxyzoo.labels.matching import (
    Matched,
    check_complete,
    check_count,
    find_odd_ids,
    find_wrong_ids,
    match,
)
from galaxyzoo.labels.params import SplitParams
from galaxyzoo.labels.reading import read_votes
from galaxyzoo.labels.split import SUBSET_COLUMN, SUBSETS, draw_split, set_apart
from galaxyzoo.labels.twins import find_twins, keep_together, tell_twins
from galaxyzoo.labels.votes import OBJID_COLUMN, Votes
from galaxyzoo.processed import open_array, write_digests
from galaxyzoo.tree import GZ2
from stages import run

logger = logging.getLogger(__name__)


def main() -> None:
    data = read_section("data", DataParams)
    options = read_section("split", SplitParams)
    path, mapping = Path(data.labels), Path(data.mapping)
    images = open_array(paths.ProcessedPaths().galaxy_ids)
    labels = read_votes(path, mapping, data.label_column, GZ2, images)
    fractions = labels.votes.fractions
    matched = match(images, id_array(fractions.index))
    refuse(path, [*find_wrong_ids(matched, labels.images), *find_wrong_votes(GZ2, fractions)])
    check_count(matched)
    if options.missing == "error":
        check_complete(matched)
        labels.check_complete(path)
    report_missing(matched)
    split, twins = split_apart(
        matched, options.test_fraction, options.calibration_fraction, options.seed
    )
    votes = labels.votes.of(matched.both)
    findings = [*find_odd_ids(matched), *find_odd_votes(GZ2, votes.fractions), *twins]
    warn(path, findings)
    if votes.objids is not None:
        split.insert(1, OBJID_COLUMN, votes.objids)
    write(matched, split, findings)
    write_votes(votes, labels.facts_of(votes, len(matched.without_image)), path)
    write_digests(paths.SPLIT_DIGESTS, paths.SPLIT, paths.VOTES)


def report_missing(matched: Matched) -> None:
    for what, ids in matched.lacking.items():
        said = count(len(ids), "galaxy lacks", "galaxies lack")
        logger.warning("%s %s: %s (all in %s)", said, what, some(ids), paths.UNMATCHED)


def split_apart(
    matched: Matched, test_fraction: float, calibration_fraction: float, seed: int
) -> tuple[pd.DataFrame, list[Finding]]:
    """The split, with galaxies of the same picture on one side; what is odd about pictures."""
    processed = paths.ProcessedPaths()
    rows = places_of(matched.both, open_array(processed.galaxy_ids))
    firsts = find_twins(processed.images, rows)
    drawn = draw_split(matched.both, test_fraction, seed)
    tested, kept = keep_together(drawn, firsts)
    split = set_apart(tested, firsts, calibration_fraction, seed)
    return split, tell_twins(matched.both, firsts, kept)


def write_votes(votes: Votes, facts: LabelFacts, path: Path) -> None:
    if facts.masked:
        said = ", ".join(f"{question} {number}" for question, number in facts.masked.items())
        logger.warning("%s: galaxies with unknown answers to a question: %s", path, said)
    votes.write(paths.VOTES)
    facts.write(paths.LABEL_FACTS)


def write(matched: Matched, split: pd.DataFrame, findings: list[Finding]) -> None:
    counts = split[SUBSET_COLUMN].value_counts()
    write_csv(paths.SPLIT, split)
    write_csv(paths.UNMATCHED, matched.table())
    write_findings(paths.SPLIT_FINDINGS, findings)
    write_json(
        paths.SPLIT_COUNTS,
        {
            **{subset: int(counts[subset]) for subset in SUBSETS if subset in counts},
            "without_image": len(matched.without_image),
            "without_labels": len(matched.without_labels),
        },
    )


if __name__ == "__main__":
    run(main)
