"""The program that makes the model of the sky which the package ships: `make sky-model`.

settings.yaml says how, and settings.py reads it; folds.py draws the cross-validation, training.py
trains, and looking.py has the trained networks see all galaxies. scores.py measures,
intervals.py finds how far predictions may be off, card.py tells of it, and shipping.py puts the
model file and its card where the package has them.
"""
