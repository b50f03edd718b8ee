"""Several processes that train one network together: what they tell each other.

Each is a copy of the training, and draws the same order, views and masks of dropout for all rows;
of a batch it computes its own rows. A training in one process is the same code: there is nobody to
tell, so all here does nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.places import ALONE, Place, Rows
from galaxyzoo.training.masks import MasksOfRows


class OtherTrainingError(UserError):
    """The processes that meet don't train the same."""


@dataclass(frozen=True)
class Ranks:
    """The processes of a training, as one of them sees them.

    Each of its methods is called by all of them, in the same order.
    """

    place: Place = ALONE

    @classmethod
    def here(cls) -> Self:
        """Those that this process has joined; itself alone, if it has joined none."""
        if not (dist.is_available() and dist.is_initialized()):
            return cls()
        return cls(Place(dist.get_rank(), dist.get_world_size()))

    @property
    def several(self) -> bool:
        return self.place.count > 1

    def with_batch_norm(self, model: nn.Module) -> nn.Module:
        """`model`, whose batch norm sees whole batches on GPUs; else each process its own rows."""
        if not (self.several and next(model.parameters()).is_cuda):
            return model
        convert: Callable[[nn.Module], nn.Module] = nn.SyncBatchNorm.convert_sync_batchnorm
        return convert(model)

    def learner(self, model: nn.Module) -> nn.Module:
        """`model` with gradients that are means over all processes; the weights are shared."""
        if not self.several:
            return model
        learner = DistributedDataParallel(model)
        learner.broadcast_buffers = False  # `average_statistics` is fairer than the first's alone
        return learner

    def dropout(self, rows: Rows) -> AbstractContextManager[object]:
        """A context in which a row is dropped as in one process, whichever computes it."""
        return MasksOfRows(rows) if self.several else nullcontext()

    def apart(self, model: nn.Module) -> AbstractContextManager[None]:
        """A context in which batch norm sees this process's images alone."""
        norms = [own for own in model.modules() if isinstance(own, nn.SyncBatchNorm)]
        return _apart(norms, self.place.rank) if norms and self.several else nullcontext()

    def sum(self, values: Tensor) -> Tensor:
        """Each of some numbers on the CPU, summed over the processes."""
        if self.several:
            dist.all_reduce(values)
        return values

    def least(self, number: int) -> int:
        """The least of the processes' numbers."""
        if not self.several:
            return number
        least = torch.tensor(number)
        dist.all_reduce(least, dist.ReduceOp.MIN)
        return int(least)

    @torch.no_grad()
    def average_statistics(self, model: nn.Module, weight: float = 1.0) -> None:
        """Set the running statistics of batch norm to their means over the processes.

        `weight` is what this process's count for, and 0 if it has seen nothing.
        """
        own = [buffer for buffer in model.buffers() if buffer.is_floating_point()]
        if not (self.several and own):
            return
        flat = torch.cat([buffer.flatten().cpu().double() for buffer in own])
        sums = self.sum(torch.cat([flat * weight, flat.new_tensor([weight])]))
        sizes = [buffer.numel() for buffer in own]
        means = torch.split(sums[:-1] / sums[-1], sizes)
        for buffer, mean in zip(own, means, strict=True):
            buffer.copy_(mean.reshape(buffer.shape))

    def check_same(self, training: str) -> None:
        """Raise OtherTrainingError if this process trains another thing than the first."""
        if self._of_first(training.encode()) != training.encode():
            raise OtherTrainingError(
                f"process {self.place.rank} of this training has other data, parameters, code, "
                "packages, precision or number of threads (OMP_NUM_THREADS) than process 0; "
                "all machines need the same"
            )

    @contextmanager
    def file_of_first(self, path: Path) -> Iterator[Path]:
        """Where the file is that the first process has at `path`: there, or a copy of it.

        Nothing is there if it has none.
        """
        if not self.several:
            yield path
            return
        has_it = self.place.first and path.is_file()
        content = self._of_first(path.read_bytes() if has_it else b"")
        if self.place.first:
            yield path
            return
        with TemporaryDirectory() as folder:
            copy = Path(folder) / path.name
            if content:
                copy.write_bytes(content)
            yield copy

    def _of_first(self, content: bytes) -> bytes:
        """The bytes that the first process gives."""
        if not self.several:
            return content
        size = torch.tensor(len(content))
        dist.broadcast(size, 0)
        held = torch.zeros(int(size), dtype=torch.uint8)
        if self.place.first and content:
            held = torch.frombuffer(bytearray(content), dtype=torch.uint8)
        dist.broadcast(held, 0)
        return held.numpy().tobytes()


ALL_ALONE = Ranks()


@contextmanager
def _apart(norms: list[nn.SyncBatchNorm], rank: int) -> Iterator[None]:
    alone = dist.new_group([rank], use_local_synchronization=True)
    for norm in norms:
        norm.process_group = alone
    try:
        yield
    finally:
        for norm in norms:
            norm.process_group = None
        dist.destroy_process_group(alone)
