"""Which images and labels belong together, and what tells that they don't."""

import pytest

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.ids import id_array
from galaxyzoo.findings import Finding
from galaxyzoo.labels.matching import (
    check_complete,
    check_count,
    find_odd_ids,
    find_wrong_ids,
    match,
)
from tests.conftest import make_ids

IDS = make_ids(range(1000, 2000))


def counts(findings: list[Finding]) -> dict[str, int]:
    return {each.name: each.count for each in findings}


def test_galaxies_that_lack_something_are_named_in_order() -> None:
    matched = match(make_ids([3, 1, 10, 2]), make_ids([2, 3, 10, 4, 50, 6]))
    assert matched.both.tolist() == ["2", "3", "10"]
    lacking = {what: ids.tolist() for what, ids in matched.lacking.items()}
    assert lacking == {"an image": ["4", "6", "50"], "labels": ["1"]}
    assert matched.table().to_numpy().tolist() == [
        ["4", "image"],
        ["6", "image"],
        ["50", "image"],
        ["1", "labels"],
    ]


def test_complete_data_has_nothing_odd_and_an_empty_table() -> None:
    matched = match(IDS, IDS[::-1])
    assert matched.lacking == {}
    assert matched.table().columns.tolist() == ["GalaxyID", "lacks"]
    assert len(matched.table()) == 0
    assert find_wrong_ids(matched) == find_odd_ids(matched) == []
    check_complete(matched)


def test_what_lacks_something_can_be_refused() -> None:
    with pytest.raises(UserError, match="2 galaxies lack an image: 4, 5; 1 galaxy lacks labels: 1"):
        check_complete(match(make_ids([1, 2, 3]), make_ids([2, 3, 4, 5])))
    with pytest.raises(UserError, match="1000, 1001, 1002 and 990 more") as error:
        check_complete(match(IDS[-7:], IDS))
    assert len(str(error.value)) < 300


@pytest.mark.parametrize("both", [0, 1])
def test_training_and_testing_need_two_galaxies(both: int) -> None:
    galaxy = make_ids([7] * both)
    with pytest.raises(UserError, match=r"both an image and labels .* need at least 2"):
        check_count(match(galaxy, galaxy))


@pytest.mark.parametrize(
    ("images", "labels", "wrong"),
    [
        (100, 9, True),  # under a tenth of the images
        (100, 10, False),
        (10, 1000, False),  # many rows without an image are ordinary
        (1000, 1000, False),
    ],
)
def test_few_images_with_labels_are_refused(images: int, labels: int, wrong: bool) -> None:
    matched = match(IDS[:images], IDS[:labels])
    assert counts(find_wrong_ids(matched)) == ({"other-ids": images - labels} if wrong else {})


def test_ids_that_match_by_accident_are_refused() -> None:
    images = make_ids([3, 17, 29, *range(100001, 100018)])
    (found,) = find_wrong_ids(match(images, make_ids(range(1, 41))))
    assert (found.name, found.count) == ("other-ids", 17)
    assert str(found).startswith(
        "17 of 20 images have no labels, and 37 of 40 rows of labels no image, which looks like "
        "the ids of another catalogue (other-ids): 100001, 100002, 100003 and 14 more."
    )


@pytest.mark.parametrize(("labels", "odd"), [(499, 501), (500, 0), (999, 0)])
def test_less_than_half_of_the_images_with_labels_is_odd(labels: int, odd: int) -> None:
    found = counts(find_odd_ids(match(IDS, IDS[:labels])))
    assert found == ({"few-labelled": odd} if odd else {})


def test_ids_that_lost_their_zeros_are_wrong_where_few_match_and_odd_where_most_do() -> None:
    images = id_array(["000123", "004567", "123456"])
    (found,) = find_wrong_ids(match(images, make_ids([123, 4567, 123456])))
    assert (found.name, found.count) == ("lost-zeros", 2)
    assert found.examples == (
        "image 000123 and labels 123",
        "image 004567 and labels 4567",
    )
    most = match(id_array(["0999", *IDS]), id_array(["999", *IDS]))
    assert find_wrong_ids(most) == []
    assert counts(find_odd_ids(most)) == {"lost-zeros": 1}


LONG = ["587722981741363206", "587722981753363307", "588848898833580195"]


@pytest.mark.parametrize(
    "rounded",
    [
        [str(int(float(own))) for own in LONG],
        [own[:15] + "000" for own in LONG],  # as a spreadsheet leaves them
        [str(int(float(f"{float(own):.16e}"))) for own in LONG],
        [str(int(float(f"{float(own):.15g}"))) for own in LONG],
    ],
)
@pytest.mark.parametrize("in_labels", [True, False])
def test_long_ids_that_were_rounded_are_told(rounded: list[str], in_labels: bool) -> None:
    exact, other = id_array(LONG), id_array(rounded)
    matched = match(exact, other) if in_labels else match(other, exact)
    (found,) = find_wrong_ids(matched)
    assert (found.name, found.count) == ("rounded-ids", 3)
    assert LONG[0] in found.examples[0]


def test_neighbouring_long_ids_are_not_taken_for_rounded_ones() -> None:
    """Objects of one field of the SDSS share their first digits."""
    images = [f"58772298174136{n:04d}" for n in range(1001, 1100, 7)]
    labels = [f"58772298174136{n:04d}" for n in range(1002, 1101, 7)]
    assert "rounded-ids" not in counts(find_wrong_ids(match(id_array(images), id_array(labels))))


def test_of_labels_with_a_mapping_few_will_do_but_of_its_own_images() -> None:
    matched = match(IDS, IDS[:50])
    assert counts(find_wrong_ids(matched)) == {"other-ids": 950}
    assert find_wrong_ids(matched, mapped=IDS) == []
    assert find_wrong_ids(matched, mapped=IDS[:500]) == []
    assert counts(find_wrong_ids(matched, mapped=IDS[:499])) == {"other-ids": 501}
