"""Where the stages write, by kind, below the folder of params.yaml. Only names: nothing is read."""

from dataclasses import dataclass
from pathlib import Path

PARAMS = Path("params.yaml")

SAMPLE_IMAGES = Path("data/sample/images_training_rev1.zip")
SAMPLE_LABELS = Path("data/sample/training_solutions_rev1.csv")
SPLIT = Path("data/split.csv")
SPLIT_COUNTS = Path("data/split.json")
SPLIT_FINDINGS = Path("data/split_findings.json")
"""What is odd about the labels, and about how they match the images"""
VOTES = Path("data/votes.parquet")
"""The vote fractions of the galaxies of the split, ascending: GalaxyID, dr7objid if the labels have
it, and the tree's columns, NaN where an answer isn't known"""
LABEL_FACTS = Path("data/labels.json")
"""Which table and column the labels are of, and what was left out"""
SPLIT_DIGESTS = Path("data/split_digests.json")
"""Of the split and the votes; see `processed.write_digests`"""
UNMATCHED = Path("data/unmatched.csv")
"""Each galaxy that lacks an image or labels"""
PREDICTIONS = Path("data/predictions")
"""A table of fractions for each network"""
SCORES = Path("data/scores")
"""All that `evaluate` found out, as tables"""
TRAINED = Path("models/trained")
"""The weights of each network, as training leaves them"""
EXPORTED = Path("models/exported")
"""The model files: each network with how predictions are made with it"""
CHECKPOINTS = Path("checkpoints")
METRICS = Path("metrics")
"""A few numbers for each model, for `dvc metrics`"""
HISTORY = Path("plots/history")
"""The course of each training"""
LOSSES = Path("plots/losses.csv")
FIGURES = Path("plots/figures")
REPORT = Path("report/index.html")


@dataclass(frozen=True)
class ProcessedPaths:
    """The folder of processed images; row i of each array is the galaxy with the i-th lowest id."""

    folder: Path = Path("data/processed")

    @property
    def images(self) -> Path:
        """uint8 [N, size, size, 3]"""
        return self.folder / "images.npy"

    @property
    def galaxy_ids(self) -> Path:
        """Unicode [N], in the order of `ids.ascending`"""
        return self.folder / "galaxy_ids.npy"

    @property
    def centers(self) -> Path:
        """uint8 [N, 10, 10, 3]: the central pixels of the originals, for the benchmark"""
        return self.folder / "central_pixels.npy"

    @property
    def preparation(self) -> Path:
        return self.folder / "preparation.json"

    @property
    def digests(self) -> Path:
        """Of the images and the ids; see `processed.write_digests`"""
        return self.folder / "digests.json"

    @property
    def rejected(self) -> Path:
        """CSV: the files that were left out as bad, and why"""
        return self.folder / "rejected.csv"

    @property
    def findings(self) -> Path:
        """What is odd about the images; see `findings.write_findings`"""
        return self.folder / "findings.json"

    @property
    def bad_images(self) -> Path:
        """CSV of all bad images, where they stopped the stage and are more than a message lists"""
        return self.folder / "bad_images.csv"

    @property
    def jpegs(self) -> Path:
        """Zip of the processed images as <GalaxyID>.jpg; empty if they aren't wanted"""
        return self.folder / "images.zip"


def trained_weights(network: str) -> Path:
    return TRAINED / f"{network}.safetensors"


def exported_model(network: str) -> Path:
    return EXPORTED / f"{network}.safetensors"


def training_history(network: str) -> Path:
    return HISTORY / f"{network}.csv"


def predictions(network: str) -> Path:
    return PREDICTIONS / f"{network}.csv"


def metrics(model: str) -> Path:
    return METRICS / f"{model}.json"
