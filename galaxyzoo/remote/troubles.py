"""What goes wrong between here and an object, in words, and whether it may pass."""

import sys
from ftplib import Error as FtpError
from http.client import HTTPException

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import shorten
from galaxyzoo.remote.urls import shown

_MAY_PASS = (408, 425, 429)
_DENIED = (401, 403)
_GONE = (404, 410)
_PAST_THE_END = 416

CHANGED = "was changed while it was read; the same command begins anew with what is there"


class RemoteError(UserError):
    """What a URL leads to can't be read or written."""


def troubles() -> tuple[type[BaseException], ...]:
    """What fsspec and the packages below it raise."""
    named = (
        ("aiohttp", "ClientError"),
        ("botocore.exceptions", "BotoCoreError"),
        ("botocore.exceptions", "ClientError"),
        ("gcsfs.retry", "HttpError"),
        ("google.auth.exceptions", "GoogleAuthError"),
    )
    loaded = [getattr(sys.modules[module], name) for module, name in named if module in sys.modules]
    return (OSError, EOFError, HTTPException, FtpError, *loaded)


def cause_of(error: BaseException) -> BaseException:
    """What is behind an error: fsspec calls any failure of the web a file that isn't there."""
    known = isinstance(error, FileNotFoundError) and isinstance(error.__cause__, troubles())
    return error.__cause__ if known and error.__cause__ is not None else error


def lasting(error: BaseException) -> str:
    """Why it is no use to ask again; empty if it may be."""
    status = _status(error)
    kind = type(error).__name__
    if status in _DENIED or isinstance(error, PermissionError):
        return "no access with the credentials that were found, if any"
    if kind in ("NoCredentialsError", "PartialCredentialsError", "DefaultCredentialsError"):
        return "needs credentials, and none were found (docs/object_storage.md)"
    if status in _GONE or isinstance(error, FileNotFoundError):
        return "no such object, and nothing below such a name"
    if status == _PAST_THE_END:
        return CHANGED
    if isinstance(status, int) and 400 <= status < 500 and status not in _MAY_PASS:
        return f"was refused: {told_of(error)}"
    return f"can't be done there: {told_of(error)}" if _is_no_use(error) else ""


def _is_no_use(error: BaseException) -> bool:
    names = ("ParamValidationError", "InvalidURL", "ProfileNotFound", "NoRegionError")
    return isinstance(error, NotImplementedError) or type(error).__name__ in names


def _status(error: BaseException) -> int | None:
    """The number that a server answered, if that was it."""
    response = getattr(error, "response", None) or getattr(error.__cause__, "response", None)
    if isinstance(response, dict):
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    else:
        status = getattr(error, "status", None)
    return status if isinstance(status, int) else None


def told_of(error: BaseException) -> str:
    """What an error says itself."""
    return shown(shorten(str(error) or type(error).__name__))
