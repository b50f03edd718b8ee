"""Galaxies as torch sees them: images and votes over one array, in batches.

galaxies.py is the data set, over memory-mapped images; batches.py the loaders of whole batches, and
blocks.py the order of those that don't fit into memory, which maps.py reads ahead.
"""
