"""The embedded sample: rendered galaxies with simulated votes, in the layout of Kaggle's files.

It stands in for the competition's images, which can't be handed on. galaxy.py says what a galaxy
is, population.py and its neighbours draw them, render.py makes the picture, volunteers.py the
votes, archive.py the files.
"""

from galaxyzoo.sample.archive import write_sample

__all__ = ["write_sample"]
