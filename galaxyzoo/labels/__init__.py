"""Labels: tables of vote fractions, read and checked, and which galaxies train or test a network.

reading.py reads two kinds: table.py that of the competition, for any decision tree; published.py,
with formats.py, mapping.py and products.py, those of Galaxy Zoo 2. matching.py finds which galaxies
have an image, split.py draws the split, and votes.py is what comes of both.
"""
