"""Write the report: one page that explains what was done and shows what came of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pandas as pd

from galaxyzoo.base import paths
from galaxyzoo.base.files import atomic
from galaxyzoo.base.ids import Ids, ascending, id_array
from galaxyzoo.base.sections import DataParams, Section
from galaxyzoo.figures.style import Galaxies
from galaxyzoo.findings import read_findings
from galaxyzoo.images.by_id import open_images
from galaxyzoo.images.decoding import decode
from galaxyzoo.labels.facts import LabelFacts
from galaxyzoo.labels.split import SUBSETS, read_split_labels
from galaxyzoo.labels.table import read_predictions
from galaxyzoo.networks import networks_in
from galaxyzoo.params import read_params, section_of
from galaxyzoo.predict.model_files import read_exported
from galaxyzoo.processed import Preparation, ProcessedImages
from galaxyzoo.report.facts import Contestant, Facts
from galaxyzoo.report.page import render
from galaxyzoo.scoring.exemplars import find_exemplars
from galaxyzoo.scoring.results import Results
from galaxyzoo.training.params import TrainParams
from galaxyzoo.tree import GZ2
from stages import run

PROCESSED = paths.ProcessedPaths()
FINDINGS = (PROCESSED.findings, paths.SPLIT_FINDINGS)
"""What the earlier stages found odd about the data"""


def main() -> None:
    page = render(gather(read_params()))
    with atomic(paths.REPORT) as temporary:
        temporary.write_text(page, encoding="utf-8")


def gather(params: Mapping[str, Section]) -> Facts:
    """What the earlier stages read and wrote."""
    data = cast("DataParams", params["data"])
    labels = read_split_labels(paths.SPLIT, paths.VOTES, PROCESSED.galaxy_ids, GZ2)
    train, calibration, test = (labels[subset] for subset in SUBSETS)
    everybody = pd.concat(labels.values())
    processed, images = ProcessedImages(PROCESSED), open_images(Path(data.images))
    exemplars = find_exemplars(GZ2, everybody, processed)
    preparation, results = Preparation.read(PROCESSED.preparation), Results.read()
    origin, masked = LabelFacts.read(paths.LABEL_FACTS), bool(everybody.isna().any(axis=None))
    return Facts(
        tree=GZ2,
        parameters=params,
        preparation=preparation,
        galaxies=Galaxies(
            preparation.rendered, len(train), len(test), origin.column, masked, len(calibration)
        ),
        labels=everybody,
        voted=test,
        origin=origin,
        networks=read_networks(params, results, id_array(test.index)),
        results=results,
        exemplars=exemplars,
        originals={
            galaxy_id: decode(images.read(galaxy_id))
            for galaxy_id in ascending({own.galaxy_id for own in exemplars})
        },
        processed=processed,
        findings=[own for path in FINDINGS for own in read_findings(path)],
    )


def read_networks(params: Mapping[str, Section], results: Results, tested: Ids) -> list[Contestant]:
    models = [read_exported(paths.exported_model(n.name)) for n in networks_in(paths.EXPORTED)]
    return [
        Contestant(
            network=own.network,
            module=own.module,
            info=own.info,
            options=cast("TrainParams", params[section_of(own.network.name)]),
            history=pd.read_csv(paths.training_history(own.network.name)),
            predicted=read_predictions(paths.predictions(own.network.name), GZ2, tested),
            rmse=results.rmse(own.network.name),
            views=own.settings.views,
            residuals=own.residuals,
        )
        for own in models
    ]


if __name__ == "__main__":
    run(main)
