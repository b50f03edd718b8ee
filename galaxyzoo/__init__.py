"""Learn the vote fractions of Galaxy Zoo from images of galaxies."""

__version__ = "0.1.0"
