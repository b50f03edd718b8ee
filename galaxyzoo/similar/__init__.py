"""`galaxyzoo similar`: the galaxies that look most like one, as a page of pictures or a table.

run.py is the whole of it. query.py finds the galaxy that is asked about; features.py keeps what the
network has seen of all others, on its way through the workers of `galaxyzoo.classify`; search.py
finds the nearest; neighbours.py looks at these once more, table.py and page.py write them.
"""
