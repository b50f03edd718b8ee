"""A small invented tree, of which one question follows two answers."""

from galaxyzoo.tree import Answer, Question, Tree

SMALL = Tree(
    "Three questions",
    (
        Question(
            "shape",
            "What is it?",
            (
                Answer("shape_round", "Round", "round"),
                Answer("shape_flat", "Flat", "flat"),
                Answer("shape_none", "No galaxy", "no galaxy"),
            ),
        ),
        Question(
            "tails",
            "Does it have tails?",
            (Answer("tails_yes", "Tails", "with tails"), Answer("tails_no", "No tails")),
            after=("shape_round", "shape_flat"),
        ),
        Question(
            "arms",
            "How many arms has it?",
            (
                Answer("arms_two", "Two", "2 arms"),
                Answer("arms_more", "More", "many arms"),
            ),
            after=("shape_flat",),
        ),
    ),
    described=("shape", "arms", "tails"),
)
"""In Galaxy Zoo DECaLS, mergers are asked for of all but artifacts, as tails are here."""
