"""Dask distributed, an extra: an engine of many machines, which who has one installs."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import CancelledError, Executor, Future, ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import quoted, shorten
from galaxyzoo.processes.engines import AnyExecutor, In, Out

logger = logging.getLogger(__name__)

_AGAIN = "the same command resumes"
_QUIET = ("distributed.client", "distributed.core", "distributed.comm", "tornado.application")
"""Loggers that tell over and over what one message of ours tells"""

_SCHEMES = ("tcp", "tls")
_NO_ANSWER = (OSError, ValueError, TypeError, KeyError, ImportError, RuntimeError, AssertionError)
"""What Dask raises where no scheduler answers, another program does, or one that wants TLS"""


class ClusterError(UserError):
    """The cluster can't be reached, or has gone."""


class Cluster(AnyExecutor):
    """A cluster of Dask."""

    def __init__(self, client: Any, executor: Executor, own: bool) -> None:  # noqa: ANN401
        super().__init__(executor)
        self._client, self._own, self._told = client, own, False
        self._dask = distributed()

    def submit(self, action: Callable[[In], Out], item: In) -> Future[Out]:
        self._check()
        submit: Any = self.executor.submit
        try:
            # not pure: Dask would hash each piece, and give an earlier failure again
            future: Future[Out] = submit(action, item, pure=False)
        except (OSError, ValueError, RuntimeError) as error:  # of a connection that is closed
            raise self._gone() from error
        return future

    def workers(self) -> int:
        """The threads of all workers that are there now."""
        self._check()
        try:
            threads: Mapping[str, int] = self._client.nthreads()
        except (OSError, ValueError, RuntimeError) as error:  # of a connection that is closed
            raise self._gone() from error
        if not threads and not self._told:
            logger.warning("the cluster has no workers yet: waiting for the first")
        self._told = not threads
        return sum(threads.values())

    def ended_a_process(self, error: BaseException) -> bool:
        if isinstance(error, CancelledError):
            raise self._gone() from error
        if _is_of_other_versions(error):
            raise ClusterError(
                "the scheduler and the workers need the packages that are here, in the same "
                f"versions: {shorten(error)}"
            ) from error
        return isinstance(error, self._dask.KilledWorker)

    def close(self, at_once: bool = True) -> None:
        if self._own:
            self._client.close(timeout=1 if at_once else 10)

    def _check(self) -> None:
        """Don't wait for a scheduler that a client has lost: it has lost all pieces, too."""
        if self._client.status != "running":
            raise self._gone()

    def _gone(self) -> ClusterError:
        return ClusterError(f"the scheduler of the cluster is gone; {_AGAIN} once there is one")


def _is_of_other_versions(error: BaseException) -> bool:
    """Whether what was sent could not be read where it came to."""
    lacks = isinstance(error, AttributeError) and str(error).startswith("Can't get attribute")
    return lacks or isinstance(error, ImportError) or "deserializ" in str(error)


def distributed() -> Any:  # noqa: ANN401
    """Dask's module; UserError if it is missing."""
    try:
        return import_module("distributed")
    except ImportError as error:
        raise UserError(
            "cluster: needs Dask, which is missing here: pip install 'galaxyzoo[cluster]'"
        ) from error


def connect(cluster: str) -> Cluster:
    """The cluster whose scheduler has an address, as tcp://host:8786, or wrote such a file.

    TLS is as Dask's own configuration says. Raises UserError if Dask is missing or nobody answers.
    """
    dask = distributed()
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    address = cluster if "://" in cluster else _address_in(Path(cluster))
    if address.partition("://")[0] not in _SCHEMES:
        raise ClusterError(
            "cluster: must be the address of a scheduler, as tcp://host:8786 or tls://host:8786, "
            f"got {quoted(address)}"
        )
    try:
        # in a thread, since a loop may run in this one, as in a notebook
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, _greet(dask, address)).result()
        client = dask.Client(address, set_as_default=False)
    except _NO_ANSWER as error:
        why = str(error) or "what listens there isn't one"
        raise ClusterError(
            f"cluster: no scheduler of Dask answers at {shorten(address)}: {shorten(why)}"
        ) from error
    return Cluster(client, client.get_executor(), own=True)


async def _greet(dask: Any, address: str) -> None:  # noqa: ANN401
    """Raise one of `_NO_ANSWER` where a client would wait for ever, or be left half made."""
    said = import_module("dask.config").get("distributed.comm.timeouts.connect")
    patience = import_module("dask.utils").parse_timedelta(said)
    kind = _kind_of(dask.comm.connect(address, patience, **_certificates(dask, address)))
    if (found := await asyncio.wait_for(kind, patience + 1)) != "Scheduler":
        raise ValueError(f"what listens there is a {found} of Dask's")


async def _kind_of(connecting: Awaitable[Any]) -> str:
    """What somebody of Dask's calls itself."""
    comm = await connecting
    try:
        await comm.write({"op": "identity", "reply": True})
        return str((await comm.read())["type"])
    finally:
        comm.abort()


def _certificates(dask: Any, address: str) -> dict[str, Any]:  # noqa: ANN401
    """What Dask's configuration says of TLS, as its connections take it."""
    found: dict[str, Any] = dask.Security().get_connection_args("client")
    if address.startswith("tls://") and found.get("ssl_context") is None:
        raise ValueError(
            "TLS needs certificates, and Dask's configuration names none (docs/cluster.md)"
        )
    return found


def _address_in(file: Path) -> str:
    """What a scheduler's file says."""
    if not file.is_file():
        raise ClusterError(
            "cluster: must be an address, as tcp://host:8786, or a scheduler's file, "
            f"got {quoted(str(file))}"
        )
    try:
        told = json.loads(file.read_bytes())
    except ValueError:  # of no JSON, or JSON cut short
        told = None
    address = told.get("address") if isinstance(told, dict) else None
    if not isinstance(address, str):
        raise ClusterError(
            f"cluster: {file}: isn't what a scheduler of Dask writes, or not all of it"
        )
    return address


def engine_of(executor: Executor) -> AnyExecutor:
    """What works with an executor; one of Dask tells more than others."""
    client = getattr(executor, "_client", None)
    if type(executor).__module__.startswith("distributed.") and client is not None:
        return Cluster(client, executor, own=False)
    return AnyExecutor(executor)
