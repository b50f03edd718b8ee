import pytest
import torch
from torch import Tensor

from galaxyzoo.training.augmentation import Ranges, random_views

STILL = Ranges(rotation=0, flip=False, zoom=1, shift=0, brightness=0)
IMAGES = torch.rand(6, 3, 16, 16, generator=torch.Generator().manual_seed(0))


def draws(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def spot(x: int, y: int, count: int = 200) -> Tensor:
    """Black images of 17x17 with one bright pixel."""
    images = torch.zeros(count, 3, 17, 17)
    images[:, :, y, x] = 1
    return images


def center_of_light(images: Tensor) -> Tensor:
    """Where the light of each image is: pixels right of and below the middle, float [B, 2]."""
    places = torch.arange(17.0) - 8
    light = images.mean(dim=1)
    total = light.sum(dim=(1, 2))
    right = (light.sum(dim=1) * places).sum(dim=1) / total
    below = (light.sum(dim=2) * places).sum(dim=1) / total
    return torch.stack([right, below], dim=1)


def test_no_range_no_change() -> None:
    assert torch.equal(random_views(IMAGES, STILL, draws()), IMAGES)


def test_the_same_draws_give_the_same_views() -> None:
    ranges = Ranges(rotation=180, flip=True, zoom=1.2, shift=2, brightness=0.1)
    views = random_views(IMAGES, ranges, draws())
    assert torch.equal(views, random_views(IMAGES, ranges, draws()))
    assert not torch.equal(views, random_views(IMAGES, ranges, draws(1)))
    assert views.shape == IMAGES.shape


def test_turns_through_the_full_circle_or_as_far_as_asked() -> None:
    right_of_center = spot(13, 8)
    for most in (30, 180):
        views = random_views(right_of_center, Ranges(most, False, 1, 0, 0), draws())
        right, below = center_of_light(views).T
        angles = torch.rad2deg(torch.atan2(below, right)).abs()
        assert 0.9 * most < angles.max() <= most + 1
        assert torch.hypot(right, below).numpy() == pytest.approx(5, abs=0.2)


def test_mirrors_every_other_image() -> None:
    views = random_views(spot(13, 8), Ranges(0, True, 1, 0, 0), draws())
    right, below = center_of_light(views).T
    assert right.abs().numpy() == pytest.approx(5, abs=1e-3)
    assert below.numpy() == pytest.approx(0, abs=1e-3)
    assert 0.3 < (right > 0).float().mean() < 0.7


def test_zooms_both_ways() -> None:
    right = center_of_light(random_views(spot(12, 8), Ranges(0, False, 1.5, 0, 0), draws()))[:, 0]
    assert 4 / 1.5 - 0.2 < right.min() <= 3
    assert 5.5 < right.max() < 4 * 1.5 + 0.2


def test_shifts_along_both_axes() -> None:
    shifted = center_of_light(random_views(spot(8, 8), Ranges(0, False, 1, 2, 0), draws()))
    assert shifted.abs().max() <= 2 + 1e-3
    for axis in (0, 1):
        assert shifted[:, axis].min() < -1.5
        assert shifted[:, axis].max() > 1.5


def test_brightens_and_darkens_whole_images() -> None:
    views = random_views(torch.full((200, 3, 4, 4), 0.5), Ranges(0, False, 1, 0, 0.1), draws())
    light = views[:, 0, 0, 0]
    assert (views == light[:, None, None, None]).all()
    assert 0.45 <= light.min() < 0.46
    assert 0.54 < light.max() <= 0.55


def test_what_comes_into_view_is_black() -> None:
    views = random_views(torch.ones(50, 3, 16, 16), Ranges(45, False, 1, 0, 0), draws())
    assert views[:, :, 0, 0].min() == 0
    assert views[:, :, 8, 8].numpy() == pytest.approx(1)
