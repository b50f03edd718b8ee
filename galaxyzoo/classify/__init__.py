"""`galaxyzoo classify`: many images to one catalogue.

run.py is the whole of it, workers.py the processes, partial.py lets an interrupted run resume, and
catalogue.py and parquet.py are the formats.
"""
