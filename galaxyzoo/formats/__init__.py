"""Files of tables, for all who read some: unpacked, and those of astronomers, FITS and VOTable.

opening.py gives what a file holds, plain or packed, astronomical.py the first table in it, and
progress.py shows how far that is.
"""
