"""Object storage, and whatever else fsspec opens by a URL: s3://, gs://, https:// and more.

urls.py tells a URL from a path, and shows it without what is secret in it. connection.py and
requests.py ask for parts of objects, again where that may help; ahead.py asks for many together.
troubles.py tells what goes wrong. listing.py finds objects, and versions.py keeps which they are.
files.py and zips.py are images there, and opening.py finds out which a URL leads to. fsspec is an
extra, imported only for a URL.
"""
