"""What the command does, from Python: `galaxyzoo.classify`."""

from concurrent.futures import Executor
from os import PathLike, fspath
from pathlib import Path

from galaxyzoo.classify.columns import ColumnSet
from galaxyzoo.classify.run import Options, Outcome
from galaxyzoo.classify.run import classify as run
from galaxyzoo.predict.load_options import BATCH_SIZE, LoadOptions

OnePath = str | PathLike[str]


def classify(  # noqa: PLR0913  an argument for each option
    images: OnePath,
    output: OnePath,
    model: OnePath | None = None,
    *,
    executor: Executor | None = None,
    cluster: str | None = None,
    workers: int | None = None,
    catalogue: bool = False,
    columns: ColumnSet = "kaggle",
    table: OnePath | None = None,
    id_column: str | None = None,
    views: int | None = None,
    crop: float | None = None,
    batch_size: int = BATCH_SIZE,
    device: str = "auto",
    precision: str = "auto",
    intervals: bool = True,
    work: OnePath = ".",
) -> Outcome:
    """Classify many images into a catalogue, as the command `galaxyzoo classify` does.

    `images` are a folder, a zip, an image, or a text file that lists paths; `output` is a file that
    ends in .csv, .parquet, .fits, .vot or .ecsv. Both may be URLs, such as s3://bucket/images.zip.
    The options are those of the command, and mean the same where they aren't given. The work is
    done in `workers` processes, by default one for each core; or by an `executor`, such as
    ``dask.distributed.Client(...).get_executor()`` or ``mpi4py.futures.MPIPoolExecutor()``, whose
    processes have the same packages and find images and model under the same paths; or by a
    `cluster` of Dask, an address or a scheduler's file. An executor is left as it is.

    Gives the numbers of galaxies, of rejected files and of suspicious images. A call that was
    interrupted resumes when it is given again, also with other workers. Raises UserError for what
    can't be used. Where processes are started anew for each worker, as on macOS, a program calls
    this below ``if __name__ == "__main__":``.
    """
    load = LoadOptions(device, precision, views, crop, batch_size, intervals)
    options = Options(
        load,
        catalogue,
        columns,
        None if table is None else Path(table),
        id_column,
        workers,
        executor,
        cluster,
        Path(work),
    )
    own_model = None if model is None else Path(model)
    return run(fspath(images), own_model, fspath(output), options)
