from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from galaxyzoo.sample import profiles
from galaxyzoo.sample.bodies import draw_body
from galaxyzoo.sample.camera import blur, stretch
from galaxyzoo.sample.canvas import Canvas, darken, new_canvas
from galaxyzoo.sample.galaxy import (
    Arc,
    Bar,
    Body,
    Colour,
    Disc,
    DustLane,
    Exposure,
    Galaxy,
    Kind,
    Ring,
    Sersic,
    Spiral,
    Spot,
    Surroundings,
)
from galaxyzoo.sample.render import render

WHITE: Colour = (1.0, 1.0, 1.0)
SHARP = Exposure(detector_pixels=424, seeing=1.0, noise=(0, 0, 0), pedestal=(0, 0, 0))
DISC = Disc(20.0, 10.0, 0.0, 0.15, WHITE, WHITE)
BULGE = Sersic(15.0, 2.0, 5.0, 1.0, WHITE)
Picture = NDArray[np.float64]


def picture(body: Body, partner: Body | None = None, arc: Arc | None = None) -> Picture:
    """The grey levels [424, 424] of a galaxy without noise or surroundings."""
    galaxy = Galaxy(Kind.DISC, body, SHARP, partner=partner, arc=arc)
    grey: Picture = render(galaxy, np.random.default_rng(0)).mean(axis=2)
    return grey


def polar(image: Picture, radius: float) -> Picture:
    """The image along a circle, at 360 places."""
    angles = np.radians(np.arange(360))
    rows, columns = 211.5 + radius * np.sin(angles), 211.5 + radius * np.cos(angles)
    around: Picture = image[np.rint(rows).astype(int), np.rint(columns).astype(int)]
    return around


def elongation(image: Picture) -> float:
    """Short over long axis, from the second moments."""
    y, x = np.mgrid[:424, :424] - 211.5
    weights = image / image.sum()
    xx, yy, xy = ((weights * m).sum() for m in (x * x, y * y, x * y))
    short, long = np.linalg.eigvalsh([[xx, xy], [xy, yy]])
    return float(np.sqrt(short / long))


@pytest.mark.parametrize("index", [0.8, 1.0, 2.5, 4.0])
def test_half_of_a_sersic_profiles_light_lies_within_its_radius(index: float) -> None:
    r = np.linspace(0.0005, 400, 800_000, dtype=np.float64)
    light = np.cumsum(profiles.sersic(r, 2.0, index) * r)
    assert r[np.searchsorted(light, light[-1] / 2)] == pytest.approx(2.0, rel=0.01)


@pytest.mark.parametrize("arms", [1, 2, 3, 4, 5])
def test_a_spiral_shows_as_many_arms_as_it_has(arms: int) -> None:
    spiral = Spiral(arms, np.radians(24), 0.9, 0.0, 12.0, 75.0, 0.4, 1, 0, WHITE)
    image = picture(Body(0, 0, 0, disc=DISC, spiral=spiral))
    power = sum(np.abs(np.fft.rfft(polar(image, radius))[:10]) ** 2 for radius in range(30, 55, 3))
    assert np.argmax(np.asarray(power)[1:]) + 1 == arms


def test_handedness_mirrors_the_arms() -> None:
    spiral = Spiral(2, np.radians(24), 0.9, 0.0, 12.0, 75.0, 0.0, 1, 0, WHITE)
    turns = []
    for handedness in (1, -1):
        body = Body(0, 0, 0, disc=DISC, spiral=replace(spiral, handedness=handedness))
        image = picture(body)
        inner, outer = (np.angle(np.fft.rfft(polar(image, r))[2]) for r in (32, 36))
        turns.append(np.sign(np.sin(inner - outer)))
    assert turns == [1, -1]


def test_a_disc_is_round_face_on_and_a_needle_edge_on() -> None:
    face_on = picture(Body(0, 0, 0.7, disc=DISC))
    tilted = picture(Body(0, 0, 0.7, disc=replace(DISC, inclination=np.radians(60))))
    edge_on = picture(Body(0, 0, 0.7, disc=replace(DISC, inclination=np.radians(88))))
    assert elongation(face_on) == pytest.approx(1, abs=0.02)
    assert elongation(tilted) == pytest.approx(0.52, abs=0.06)
    assert elongation(edge_on) < 0.3


def test_a_bar_lies_along_its_angle() -> None:
    bar = Bar(30.0, 0.3, np.radians(50), 12.0, WHITE)
    image = picture(Body(0, 0, 0, disc=DISC, bar=bar))
    assert np.angle(np.fft.rfft(polar(image, 18))[2]) == pytest.approx(-np.radians(100), abs=0.1)


def test_a_ring_is_bright_at_its_radius_and_dark_inside() -> None:
    image = picture(Body(0, 0, 0, disc=DISC, ring=Ring(50.0, 5.0, 3.0, WHITE)))
    assert polar(image, 50).mean() > 1.5 * polar(image, 33).mean()
    assert polar(image, 50).mean() > 1.5 * polar(image, 75).mean()


def test_an_arc_covers_its_own_side_only() -> None:
    arc = Arc(60.0, 4.0, 0.0, 1.5, 5.0, WHITE)
    around = polar(picture(Body(0, 0, 0), arc=arc), 60)
    assert around[0] > 40
    assert around[90:270].max() < 5


def test_a_merger_has_two_nuclei() -> None:
    image = picture(Body(-20, 0, 0, BULGE), partner=Body(20, 0, 0, BULGE))
    row = image[211]
    assert row[191] > 1.2 * row[211]
    assert row[232] > 1.2 * row[211]


def test_a_boxy_bulge_fills_the_corners() -> None:
    boxy = picture(Body(0, 0, 0, replace(BULGE, boxiness=4.0)))
    round_ = picture(Body(0, 0, 0, BULGE))
    corner, side = polar(boxy, 30)[45], polar(boxy, 30)[0]
    assert corner > side + 10
    assert polar(round_, 30)[45] == pytest.approx(polar(round_, 30)[0], abs=2)


def test_dust_darkens_and_reddens_a_band() -> None:
    lane = DustLane(2.0, 5.0, 0.0, 0.0, 50.0, 0.0)
    light = []
    for dust in (None, lane):
        canvas = new_canvas(106)
        draw_body(canvas, Body(0, 0, 0, BULGE, dust=dust), np.random.default_rng(0))
        light.append(canvas.light[:, 53, 58])
    clear, dusty = light
    assert (dusty < 0.5 * clear).all()
    assert dusty[0] > 2 * dusty[2]


def test_darkening_takes_most_of_the_blue() -> None:
    light = np.ones((3, 2, 2))
    darken(light, np.ones((2, 2)))
    assert light[0, 0, 0] > light[1, 0, 0] > light[2, 0, 0]


@pytest.mark.parametrize("sigma", [0.0, 8.0])
def test_a_spot_brings_its_flux_to_its_place(sigma: float) -> None:
    canvas = Canvas(100, 2.0)
    canvas.spot(Spot(30.0, -20.0, sigma, 500.0, (1.2, 1.0, 0.8)))
    assert canvas.light.sum(axis=(1, 2)) * 4 == pytest.approx([600, 500, 400], rel=0.03)
    row, column = np.unravel_index(canvas.light[0].argmax(), (100, 100))
    x, y = canvas.axes
    assert (x[0, column], y[row, 0]) == (pytest.approx(30, abs=1.1), pytest.approx(-20, abs=1.1))


def test_light_beside_the_canvas_is_left_out() -> None:
    canvas = Canvas(50, 1.0)
    canvas.spot(Spot(-40.0, 0.0, 2.0, 100.0, WHITE))
    assert canvas.light.max() == 0
    piece = canvas.cut(24.0, 24.0, 10)
    piece.light += 1
    canvas.paste(piece)
    assert 0 < canvas.light[0].sum() < piece.light[0].sum()
    assert canvas.light[0, -1, -1] == 1


def test_a_piece_is_pasted_where_it_was_cut() -> None:
    whole, pieced = Canvas(64, 1.0), Canvas(64, 1.0)
    spot = Spot(10.0, -7.0, 2.0, 100.0, WHITE)
    whole.spot(spot)
    piece = pieced.cut(10.0, -7.0, 15)
    piece.spot(spot)
    pieced.paste(piece)
    assert pieced.light == pytest.approx(whole.light, abs=0.005)  # the spot peaks at 4


def test_blur_keeps_the_light_and_lowers_the_peak() -> None:
    light = np.zeros((3, 64, 64))
    light[:, 32, 32] = 100
    blurred = blur(light, 1.5)
    assert blurred.sum(axis=(1, 2)) == pytest.approx([100] * 3, rel=0.02)
    assert blurred[0, 32, 32] == pytest.approx(100 * 0.93 / (2 * np.pi * 1.5**2), rel=0.03)


def test_stretch_is_monotonic_and_keeps_colours() -> None:
    brightness = np.geomspace(0.01, 1e4, 64).reshape(8, 8)
    grey = stretch(np.stack([brightness] * 3))[..., 0].ravel()
    assert (np.diff(grey.astype(int)) >= 0).all()
    assert grey[0] == 0
    assert grey[-1] == 255
    red = stretch(np.stack([1.5 * brightness, brightness, 0.5 * brightness]))[-1, -1]
    assert red.tolist() == [255, 170, 85]


def test_an_image_is_424_pixels_of_rgb_whatever_the_detector() -> None:
    for pixels in (88, 256):
        exposure = Exposure(pixels, 1.3, (0.1, 0.1, 0.1), (0.08, 0.08, 0.04))
        image = render(
            Galaxy(Kind.SMOOTH, Body(0, 0, 0, BULGE), exposure), np.random.default_rng(1)
        )
        assert image.shape == (424, 424, 3)
        assert image.dtype == np.uint8
        assert 5 < np.unravel_index(image.sum(axis=2).argmax(), (424, 424))[0] < 419


def test_noise_comes_from_the_generator() -> None:
    exposure = Exposure(96, 1.3, (0.1, 0.1, 0.1), (0.08, 0.08, 0.04))
    galaxy = Galaxy(Kind.SMOOTH, Body(0, 0, 0, BULGE), exposure)
    first, again, other = (render(galaxy, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_neighbour_and_a_star_stand_where_they_were_put() -> None:
    around = Surroundings(
        neighbours=(Body(100, 50, 0, replace(BULGE, radius=4)),),
        stars=(Spot(-120, -80, 0.0, 3000.0, WHITE),),
    )
    galaxy = Galaxy(Kind.SMOOTH, Body(0, 0, 0), SHARP, around)
    image = render(galaxy, np.random.default_rng(0)).max(axis=2)
    assert image[262, 312] > 100
    assert image[132, 92] > 100
    assert image[150:200].max() < 30
