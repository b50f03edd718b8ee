"""Dropout that doesn't depend on how many processes share a batch."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from galaxyzoo.base.places import Rows

_OTHERS = (
    functional.alpha_dropout,
    functional.dropout1d,
    functional.dropout2d,
    functional.dropout3d,
    functional.feature_alpha_dropout,
)


class MasksOfRows(TorchFunctionMode):
    """While it is active, dropout draws a mask for the whole batch, and takes this process's rows.

    All processes draw the same numbers, so that each row meets the mask that it has in one process
    (to the bit on a CPU), and generators stay alike.
    """

    def __init__(self, rows: Rows) -> None:
        super().__init__()
        self._rows = rows

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401  whatever `func` gives
        assert func not in _OTHERS, f"{func} would drop the same in each process; teach it here"
        if func is functional.dropout:
            return self._dropout(*args, **kwargs or {})
        return func(*args, **kwargs or {})

    def _dropout(
        self,
        inputs: Tensor,
        p: float = 0.5,
        training: bool = True,
        inplace: bool = False,  # noqa: ARG002
    ) -> Tensor:
        if not training or p == 0:
            return inputs
        mask = inputs.new_empty(self._rows.batch, *inputs.shape[1:]).bernoulli_(1 - p)
        return inputs * mask.div_(1 - p)[self._rows.computed]
