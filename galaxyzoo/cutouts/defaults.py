"""What is asked, and how, unless a user says otherwise. Imports nothing: --help is to be fast."""

ADDRESS = "https://skyserver.sdss.org/dr18/SkyServerWS/ImgCutout/getjpeg"
"""Data release 18's; those of 12 to 19 have been seen in use"""

RATE = 1.0
"""Requests a second"""

GIVE_UP = 10
"""Failures in a row after which the service is thought to be down, or to have moved"""

ID_NAMES = ("GalaxyID", "dr7objid", "objid", "id", "iauname", "name")
"""Columns of ids that are looked for, in this order"""
