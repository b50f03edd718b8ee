"""The commands of `galaxyzoo`: a module for each, with its options, and what it says at its end.

running.py is what all of them share: how they end, and how much they tell. What they do stands in
rooms of their own, which are imported when a command runs: torch takes seconds to import, which
`--help` and the completion of a shell need not wait for.
"""
