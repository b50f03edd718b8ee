"""Scoring: how far predictions are from votes, and what to hold that against.

rmse.py is the competition's score, baselines.py and leaderboard.py what to compare it with,
calibration.py whether fractions can be taken at their word, coverage.py whether their intervals
can, noise_floor.py how near a perfect model would come (params.py: with how many volunteers),
highlights.py which galaxies and answers stand out, and results.py the tables in which `evaluate`
leaves it all.
"""
