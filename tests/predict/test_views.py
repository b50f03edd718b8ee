import math

import numpy as np
import pytest
import torch

from galaxyzoo.networks.common.views import affine_maps, resample, resample_all
from galaxyzoo.predict.augmentation import RegularViews

IMAGES = torch.rand(6, 3, 16, 16, generator=torch.Generator().manual_seed(0))


def look_slowly(image: np.ndarray, place: tuple[float, float]) -> np.ndarray:
    """The colour at a place (x, y) between pixels, bilinearly: black beyond the borders."""
    color = np.zeros(3)
    left, top = math.floor(place[0]), math.floor(place[1])
    for x in (left, left + 1):
        for y in (top, top + 1):
            if 0 <= x < image.shape[2] and 0 <= y < image.shape[1]:
                share = (1 - abs(place[0] - x)) * (1 - abs(place[1] - y))
                color += share * image[:, y, x]
    return color


def test_turned_views_equal_a_slow_loop_over_pixels() -> None:
    image = IMAGES[:1, :, :9, :9]
    views = list(RegularViews(12).of(image))
    angle = 2 * math.pi * 2 / 6
    for number, mirror in ((2, 1), (8, -1)):
        for y in range(9):
            for x in range(9):
                right, below = (x - 4), (y - 4)
                place = (
                    4 + mirror * math.cos(angle) * right - math.sin(angle) * below,
                    4 + mirror * math.sin(angle) * right + math.cos(angle) * below,
                )
                expected = look_slowly(image[0].double().numpy(), place)
                assert views[number][0, :, y, x].numpy() == pytest.approx(expected, abs=1e-5)


def test_eight_views_are_the_quarter_turns_each_also_mirrored() -> None:
    views = list(RegularViews(8).of(IMAGES))
    assert torch.equal(views[0], IMAGES)
    turned = [torch.rot90(IMAGES, turns, (2, 3)) for turns in range(4)]
    expected = turned + [image.flip(3) for image in turned]
    for one in expected:
        assert sum(torch.equal(one, view) for view in views) == 1


def test_one_map_for_all_images_gives_what_a_map_for_each_gives() -> None:
    one_map = affine_maps(
        torch.tensor([0.3]), torch.tensor([-1.0]), torch.ones(1), torch.zeros(1, 2)
    )
    together = resample_all(IMAGES, one_map)
    assert torch.allclose(together, resample(IMAGES, one_map.expand(6, 2, 3)), atol=1e-6)
    assert together.is_contiguous(memory_format=torch.channels_last)


def test_every_other_view_is_magnified_if_asked_for() -> None:
    image = IMAGES[:1, :, :9, :9]
    plain, views = (
        list(RegularViews(4, quarter=True, magnified=own).of(image)) for own in (1.0, 1.5)
    )
    for number in (0, 2):
        assert torch.equal(views[number], plain[number])
    for number in (1, 3):
        cos, sin = (own(number * math.pi / 8) / 1.5 for own in (math.cos, math.sin))
        for x, y in ((4, 4), (6, 3), (0, 8)):
            place = 4 + cos * (x - 4) - sin * (y - 4), 4 + sin * (x - 4) + cos * (y - 4)
            expected = look_slowly(image[0].double().numpy(), place)
            assert views[number][0, :, y, x].numpy() == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("count", [1, 2, 16])
def test_as_many_views_as_asked_for(count: int) -> None:
    assert len(list(RegularViews(count).of(IMAGES))) == count


def test_quarter_views_divide_a_quarter_turn_and_none_is_mirrored() -> None:
    """Four of them turn by 0, 22.5, 45 and 67.5 degrees: four times each makes a quarter more."""
    image = IMAGES[:1, :, :9, :9]
    views = list(RegularViews(4, quarter=True).of(image))
    angle = 2 * math.pi / 16
    for number, view in enumerate(views):
        for x, y in ((4, 4), (6, 3), (2, 5)):
            cos, sin = math.cos(number * angle), math.sin(number * angle)
            place = 4 + cos * (x - 4) - sin * (y - 4), 4 + sin * (x - 4) + cos * (y - 4)
            expected = look_slowly(image[0].double().numpy(), place)
            assert view[0, :, y, x].numpy() == pytest.approx(expected, abs=1e-5), number
