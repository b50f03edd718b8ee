"""URLs, and what of them may be shown: a name, a password or a signature never is."""

import re
from pathlib import PurePosixPath

from galaxyzoo.base.messages import plain

_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
_USER = re.compile(r"(?<=://)[^/?#\s]*@")
_SIGNED = re.compile(r"(?<=[a-zA-Z0-9/_.~%-])\?\S+")
OF_THE_WEB = ("http", "https")
OF_AMAZON = ("s3", "s3a")


def is_url(text: object) -> bool:
    return _URL.match(str(text)) is not None


def shown(text: object) -> str:
    """A text, such as a URL or somebody's message, without the secrets of the URLs in it.

    These are the user and password before the host, and what follows a question mark, which may be
    a signature.
    """
    return _SIGNED.sub("?...", _USER.sub("", plain(text)))


def name_of(url: str) -> str:
    """The last part of a URL's path, as a name of a file; empty if it ends in a slash."""
    path = url.partition("://")[2]
    if scheme_of(url) in OF_THE_WEB:
        path = re.split("[?#]", path, maxsplit=1)[0]
    return "" if path.endswith("/") or "/" not in path else PurePosixPath(path).name


def names_nothing(url: str) -> bool:
    """Whether a URL lacks the bucket or the host, or all that follows the scheme."""
    host, _, path = url.partition("://")[2].partition("/")
    needs_host = scheme_of(url) in (*OF_AMAZON, *OF_THE_WEB)
    return not host and (needs_host or not path.strip("/"))


def scheme_of(url: str) -> str:
    """Such as "s3"."""
    return url.partition("://")[0].lower()


def server_of(url: str) -> str:
    """What one connection reaches: all of S3, and of others a host as this user."""
    scheme, _, rest = url.partition("://")
    return scheme.lower() if scheme.lower() in OF_AMAZON else f"{scheme}://{rest.split('/')[0]}"


def is_of_the_web(url: str) -> bool:
    return scheme_of(url) in OF_THE_WEB
