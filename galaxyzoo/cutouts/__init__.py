"""Pictures of galaxies whose positions are known, cut by SDSS at the scale of the training images.

positions.py reads from a user's table what to ask for, service.py asks politely, picture.py looks
at what comes, record.py keeps what was asked, and download.py is the whole run.
"""
