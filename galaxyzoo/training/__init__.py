"""Training: from a network and a data set to weights.

loop.py is the loop over epochs, augmentation.py draws random views, run.py is one whole training,
which resumes from the checkpoints of checkpoints.py and writes what comes of it.
"""
