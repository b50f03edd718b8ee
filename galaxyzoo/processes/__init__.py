"""Several processes that share some work: cores.py says how many, workers.py runs them."""
