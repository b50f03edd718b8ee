"""Draw the figures, from what the other stages wrote."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from galaxyzoo.figures.exemplars import draw_exemplars, find_exemplars, thumbnail
from galaxyzoo.figures.gallery import draw_gallery, rank_galaxies
from galaxyzoo.figures.loss import draw_losses
from galaxyzoo.figures.rmse import draw_answer_rmse, draw_rmse
from galaxyzoo.figures.style import (
    BENCHMARK_LABELS,
    Galaxies,
    as_networks,
    save_figure,
)
from galaxyzoo.figures.votes import draw_predicted_voted
from galaxyzoo.files import read_json
from galaxyzoo.images import decode, open_images
from galaxyzoo.labels import read_predictions
from galaxyzoo.params import read_params
from galaxyzoo.processed import Preparation, ProcessedPaths
from galaxyzoo.split import read_split_labels
from stages import run

PROCESSED = ProcessedPaths(Path("data/processed"))


def main() -> None:
    params = read_params()
    labels = read_split_labels(
        Path("data/split.csv"), Path(params.data.labels), PROCESSED.galaxy_ids
    )
    preparation = Preparation.read(PROCESSED.preparation)
    galaxies = Galaxies(preparation.rendered, len(labels["train"]), len(labels["test"]))

    all_labels = pd.concat(labels.values())
    draw_both_exemplars(all_labels, Path(params.data.images), preparation, galaxies)
    draw_scores(labels["test"], galaxies)


def draw_both_exemplars(
    labels: pd.DataFrame, images: Path, preparation: Preparation, galaxies: Galaxies
) -> None:
    exemplars = find_exemplars(labels)
    ids = sorted({exemplar.galaxy_id for exemplar in exemplars})
    source = open_images(images)
    originals = {galaxy_id: thumbnail(decode(source.read(galaxy_id))) for galaxy_id in ids}
    crop, size = preparation.crop, preparation.size
    save(
        "exemplars_original", draw_exemplars(exemplars, originals, galaxies, "the original images")
    )
    save(
        "exemplars_processed",
        draw_exemplars(
            exemplars,
            PROCESSED.read(ids),
            galaxies,
            f"the processed images, {crop} pixels in the centre resized to {size}",
        ),
    )


def draw_scores(voted: pd.DataFrame, galaxies: Galaxies) -> None:
    """Draw what came of the networks of metrics/evaluate.json; `voted` is the test split's."""
    scores = read_json(Path("metrics/evaluate.json"))
    rmse = {name: own["rmse"] for name, own in scores.items() if isinstance(own, dict)}
    networks = as_networks([name for name in rmse if name not in BENCHMARK_LABELS])
    histories = {n.name: pd.read_csv(f"plots/{n.name}_history.csv") for n in networks}
    predicted = {n.name: read_predictions(Path(f"data/predictions/{n.name}.csv")) for n in networks}

    save("loss", draw_losses(networks, histories, galaxies))
    save("rmse", draw_rmse(networks, rmse, galaxies))
    save("predicted_voted", draw_predicted_voted(networks, predicted, voted, galaxies))
    answer_rmse = pd.read_csv("plots/answer_rmse.csv")
    save("answer_rmse", draw_answer_rmse(networks, answer_rmse, galaxies))

    best = min(networks, key=lambda network: rmse[network.name])
    ranked = rank_galaxies(predicted[best.name], voted)
    images = PROCESSED.read(galaxy_id for group in ranked for galaxy_id in group.index)
    save("predictions", draw_gallery(best, predicted[best.name], voted, images, galaxies))


def save(name: str, figure: Figure) -> None:
    save_figure(figure, Path(f"plots/figures/{name}.png"))


if __name__ == "__main__":
    run(main)
