"""Draw the figures, from what the other stages wrote."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from galaxyzoo.base import paths
from galaxyzoo.base.files import atomic, write_csv
from galaxyzoo.base.ids import ascending, id_array
from galaxyzoo.base.sections import DataParams, read_section
from galaxyzoo.drawing.marks import predicted, voted
from galaxyzoo.figures.branches import draw_tree
from galaxyzoo.figures.exemplars import draw_exemplars, thumbnail
from galaxyzoo.figures.gallery import draw_gallery
from galaxyzoo.figures.loss import draw_losses, loss_table
from galaxyzoo.figures.rmse import draw_answer_rmse, draw_rmse
from galaxyzoo.figures.style import Galaxies, save_figure
from galaxyzoo.figures.votes import draw_predicted_voted
from galaxyzoo.images.by_id import open_images
from galaxyzoo.images.decoding import decode
from galaxyzoo.labels.facts import LabelFacts
from galaxyzoo.labels.split import read_split_labels
from galaxyzoo.labels.table import read_predictions
from galaxyzoo.networks import networks_in
from galaxyzoo.processed import Preparation, ProcessedImages
from galaxyzoo.scoring.branches import mean_branches, only
from galaxyzoo.scoring.exemplars import deepest_exemplar, find_exemplars
from galaxyzoo.scoring.highlights import rank_galaxies
from galaxyzoo.scoring.results import Results
from galaxyzoo.tree import GZ2, ID_COLUMN
from stages import run

PROCESSED = paths.ProcessedPaths()


def main() -> None:
    data = read_section("data", DataParams)
    labels = read_split_labels(paths.SPLIT, paths.VOTES, PROCESSED.galaxy_ids, GZ2)
    preparation = Preparation.read(PROCESSED.preparation)
    everybody = pd.concat(labels.values())
    galaxies = Galaxies(
        preparation.rendered,
        len(labels["train"]),
        len(labels["test"]),
        LabelFacts.read(paths.LABEL_FACTS).column,
        masked=bool(everybody.isna().any(axis=None)),
        calibration=len(labels["calibration"]),
    )
    figures = draw_both_exemplars(
        everybody, Path(data.images), preparation, galaxies
    ) | draw_scores(labels["test"], galaxies)
    with atomic(paths.FIGURES) as folder:
        for name, figure in figures.items():
            save_figure(figure, folder / f"{name}.png")


def draw_both_exemplars(
    labels: pd.DataFrame, images: Path, preparation: Preparation, galaxies: Galaxies
) -> dict[str, Figure]:
    processed = ProcessedImages(PROCESSED)
    exemplars = find_exemplars(GZ2, labels, processed)
    ids = ascending({exemplar.galaxy_id for exemplar in exemplars})
    source = open_images(images)
    originals = {galaxy_id: thumbnail(decode(source.read(galaxy_id))) for galaxy_id in ids}
    crop, size = preparation.crop, preparation.size
    said = f"the processed images, {crop} pixels in the centre resized to {size}"
    return {
        "exemplars_original": draw_exemplars(
            GZ2, exemplars, originals, galaxies, "the original images"
        ),
        "exemplars_processed": draw_exemplars(GZ2, exemplars, processed, galaxies, said),
    }


def draw_scores(voted: pd.DataFrame, galaxies: Galaxies) -> dict[str, Figure]:
    """What came of the networks; `voted` is the test split's."""
    networks, results = networks_in(paths.PREDICTIONS), Results.read()
    histories = {n.name: pd.read_csv(paths.training_history(n.name)) for n in networks}
    write_csv(paths.LOSSES, loss_table(networks, histories))
    tested = id_array(voted.index)
    predicted = {n.name: read_predictions(paths.predictions(n.name), GZ2, tested) for n in networks}
    rmse = {str(model): results.rmse(str(model)) for model in results.models.index}
    best = min(networks, key=lambda network: rmse[network.name])
    ranked = rank_galaxies(predicted[best.name], voted)
    images = ProcessedImages(PROCESSED)
    own = predicted[best.name]
    return draw_trees(own, voted, images, best.label, galaxies) | {
        "loss": draw_losses(networks, histories, galaxies),
        "rmse": draw_rmse(GZ2, networks, rmse, galaxies, results.noise_floor),
        "predicted_voted": draw_predicted_voted(GZ2, networks, predicted, voted, galaxies),
        "answer_rmse": draw_answer_rmse(GZ2, networks, results.answers, galaxies),
        "predictions": draw_gallery(GZ2, best, ranked, own, voted, images, galaxies),
    }


def draw_trees(
    guessed: pd.DataFrame, said: pd.DataFrame, images: ProcessedImages, by: str, galaxies: Galaxies
) -> dict[str, Figure]:
    """The tree of one galaxy of the test split, and of all, as the best network has it."""
    exemplars = find_exemplars(GZ2, said, images)
    tested = deepest_exemplar(GZ2, exemplars).galaxy_id
    one, everybody = (only(said, tested), only(guessed, tested)), mean_branches(said, guessed)
    titles = f"{ID_COLUMN} {tested}", f"All {galaxies.test:,} test galaxies"
    label = f"predicted by {by}"
    return {
        "tree_galaxy": draw_tree(
            GZ2, [voted(one[0]), predicted(one[1], label)], titles[0], galaxies, images[tested]
        ),
        "tree_mean": draw_tree(
            GZ2, [voted(everybody[0]), predicted(everybody[1], label)], titles[1], galaxies
        ),
    }


if __name__ == "__main__":
    run(main)
