"""Labels: tables of vote fractions, read and checked, and which galaxies train or test a network.

table.py reads them for any decision tree, split.py matches them with images and draws the split.
"""
