"""`galaxyzoo classify`: many images to one catalogue.

run.py is the whole of it, workers.py the processes, and partial.py lets an interrupted run resume.
catalogue.py makes rows, of the columns in columns.py; targets.py is the user's own table, whose
types kinds.py fits to a format; identity.py says what is told of the model. whole.py puts these
side by side for writing.py, which writes CSV itself; parquet.py, fits.py and astronomy.py (ECSV and
VOTable) are the other formats.
"""
