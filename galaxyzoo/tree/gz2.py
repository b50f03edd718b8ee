"""The decision tree of Galaxy Zoo 2."""

from galaxyzoo.tree.questions import Answer, Question, Tree


def _ask(
    stem: str, name: str, after: tuple[str, ...], text: str, *answers: tuple[str, str, str]
) -> Question:
    """A question with its stem, as `t01_smooth_or_features`; of an answer its text, words, stem.

    Its columns are called ClassQ.A in the competition.
    """
    number = int(stem[1:3])
    own = tuple(
        Answer(f"Class{number}.{place}", said, words, f"{stem}_{ending}")
        for place, (said, words, ending) in enumerate(answers, start=1)
    )
    return Question(name, text, own, after, stem)


GZ2 = Tree(
    "Galaxy Zoo 2",
    (
        _ask(
            "t01_smooth_or_features",
            "smooth",
            (),
            "Is the galaxy smooth and rounded, with no sign of a disc?",
            ("Smooth", "smooth", "a01_smooth"),
            ("Featured or disc", "", "a02_features_or_disk"),
            ("Star or artifact", "star or artifact", "a03_star_or_artifact"),
        ),
        _ask(
            "t02_edgeon",
            "edge_on",
            ("Class1.2",),
            "Could this be a disc viewed edge-on?",
            ("Edge on", "disc seen edge-on", "a04_yes"),
            ("Not edge on", "", "a05_no"),
        ),
        _ask(
            "t03_bar",
            "bar",
            ("Class2.2",),
            "Is there a bar through the centre of the galaxy?",
            ("Bar through center", "bar", "a06_bar"),
            ("No bar", "no bar", "a07_no_bar"),
        ),
        _ask(
            "t04_spiral",
            "spiral",
            ("Class2.2",),
            "Is there a spiral arm pattern?",
            ("Spiral", "spiral", "a08_spiral"),
            ("No spiral", "disc without spiral arms", "a09_no_spiral"),
        ),
        _ask(
            "t05_bulge_prominence",
            "bulge",
            ("Class2.2",),
            "How prominent is the central bulge?",
            ("No bulge", "", "a10_no_bulge"),
            ("Just noticeable bulge", "", "a11_just_noticeable"),
            ("Obvious bulge", "", "a12_obvious"),
            ("Dominant bulge", "", "a13_dominant"),
        ),
        # not asked where a star or an artifact was seen, and yet what is published sums to 1
        _ask(
            "t06_odd",
            "odd",
            (),
            "Is there anything odd?",
            ("Odd feature", "", "a14_yes"),
            ("No odd feature", "", "a15_no"),
        ),
        _ask(
            "t07_rounded",
            "roundness",
            ("Class1.1",),
            "How rounded is the smooth galaxy?",
            ("Completely round", "completely round", "a16_completely_round"),
            ("In between", "oval", "a17_in_between"),
            ("Cigar shaped", "cigar-shaped", "a18_cigar_shaped"),
        ),
        _ask(
            "t08_odd_feature",
            "odd_feature",
            ("Class6.1",),
            "What is the odd feature?",
            ("Ring", "ring", "a19_ring"),
            ("Lens or arc", "lens or arc", "a20_lens_or_arc"),
            ("Disturbed", "disturbed", "a21_disturbed"),
            ("Irregular", "irregular", "a22_irregular"),
            ("Other", "other oddity", "a23_other"),
            ("Merger", "merger", "a24_merger"),
            ("Dust lane", "dust lane", "a38_dust_lane"),
        ),
        _ask(
            "t09_bulge_shape",
            "edge_on_bulge",
            ("Class2.1",),
            "What shape has the bulge of the edge-on disc?",
            ("Rounded bulge", "rounded bulge", "a25_rounded"),
            ("Boxy bulge", "boxy bulge", "a26_boxy"),
            ("No bulge", "no bulge", "a27_no_bulge"),
        ),
        _ask(
            "t10_arms_winding",
            "winding",
            ("Class4.1",),
            "How tightly wound are the spiral arms?",
            ("Tightly wound arms", "tightly wound", "a28_tight"),
            ("Medium wound arms", "medium wound", "a29_medium"),
            ("Loose wound arms", "loosely wound", "a30_loose"),
        ),
        _ask(
            "t11_arms_number",
            "arms",
            ("Class4.1",),
            "How many spiral arms are there?",
            ("1 spiral arm", "1 arm", "a31_1"),
            ("2 spiral arms", "2 arms", "a32_2"),
            ("3 spiral arms", "3 arms", "a33_3"),
            ("4 spiral arms", "4 arms", "a34_4"),
            ("More than 4 spiral arms", "more than 4 arms", "a36_more_than_4"),
            ("Can't tell how many arms", "arms uncounted", "a37_cant_tell"),
        ),
    ),
    described=(
        "smooth",
        "edge_on",
        "spiral",
        "arms",
        "winding",
        "bar",
        "roundness",
        "edge_on_bulge",
        "odd_feature",
    ),
)
"""The tree of Galaxy Zoo 2: 11 questions with 37 answers (Willett et al. 2013, arXiv:1308.3496,
figure 1 and table 2), in the columns of the Kaggle competition "Galaxy Zoo - The Galaxy
Challenge": ``Class1.1`` to ``Class11.6``. Stems are those of the published tables: their answers
are numbered a01 to a38, there is no a35, and a38 belongs to the eighth question. A description says
what a galaxy is first, and what is odd about it last; it leaves out the bulge of a disc that isn't
seen edge-on."""
