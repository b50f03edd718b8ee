"""Tables of galaxies that users have, whatever their columns: CSV, Parquet, FITS, VOTable and ECSV.

user_tables.py finds columns by their names and gives their cells, texts.py reads what is text, and
binary.py what isn't.
"""
