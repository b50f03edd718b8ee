"""One galaxy's light, drawn part by part: spheroid, disc, arms, bar, ring, dust, tails, clouds."""

from dataclasses import dataclass, replace

import numpy as np

from galaxyzoo.sample import profiles
from galaxyzoo.sample.canvas import Canvas, darken
from galaxyzoo.sample.galaxy import Arc, Bar, Body, Colour, Disc, DustLane, Spiral, Spot, Tail
from galaxyzoo.sample.profiles import Map, smooth_noise

_TAIL_SPOTS = 36


@dataclass(frozen=True)
class _Drawing:
    """A body on its canvas."""

    canvas: Canvas
    body: Body
    x: Map
    """Along the body's major axis, at every detector pixel."""
    y: Map
    """Across it; in the plane of the disc where that has been tilted back."""
    rng: np.random.Generator


def draw_body(canvas: Canvas, body: Body, rng: np.random.Generator) -> None:
    """Add a galaxy to `canvas`; `rng` draws its texture."""
    own = Canvas(canvas.side, canvas.scale, *canvas.center)
    x, y = _own_axes(own, body, rng)
    drawing = _Drawing(own, body, x, y, rng)
    if body.disc is not None and body.disc.is_edge_on:
        _draw_edge_on(drawing, body.disc)
    elif body.disc is not None:
        _draw_disc(drawing, body.disc)
    _draw_spheroid(drawing)
    for tail in body.tails:
        _draw_tail(drawing, tail)
    for blob in body.blobs:
        own.spot(Spot(body.x + blob.x, body.y + blob.y, blob.sigma, blob.flux, blob.colour))
    if body.dust is not None:
        darken(own.light, _dust(x, y, body.dust, rng))
    canvas.light += own.light


def draw_small(canvas: Canvas, body: Body, reach: float, rng: np.random.Generator) -> None:
    """Add a galaxy whose light ends within `reach`; much quicker than `draw_body`."""
    piece = canvas.cut(body.x, body.y, reach)
    draw_body(piece, body, rng)
    canvas.paste(piece)


def draw_arc(canvas: Canvas, arc: Arc) -> None:
    x, y = canvas.axes
    r, theta = np.hypot(x, y), np.arctan2(y, x)
    along = (np.cos(theta - arc.angle) - 1) / (1 - np.cos(arc.span / 2))
    brightness = profiles.annulus(r, arc.radius, arc.width) * np.exp(-(along**2))
    canvas.add(arc.brightness * brightness, arc.colour)


def _own_axes(canvas: Canvas, body: Body, rng: np.random.Generator) -> tuple[Map, Map]:
    """Coordinates along and across the body's major axis, pulled about if it is warped."""
    x, y = canvas.axes
    x, y = x - body.x, y - body.y
    if body.warp > 0:
        cells = max(4, round(canvas.side * canvas.scale / 70))
        x = x + body.warp * smooth_noise(rng, canvas.side, cells)
        y = y + body.warp * smooth_noise(rng, canvas.side, cells)
    cosine, sine = np.cos(body.angle), np.sin(body.angle)
    return x * cosine + y * sine, y * cosine - x * sine


def _draw_spheroid(drawing: _Drawing) -> None:
    canvas, spheroid = drawing.canvas, drawing.body.spheroid
    if spheroid is None:
        return
    core = 0.35 * canvas.scale  # a pixel shows the mean of a cusp, not its peak
    r = profiles.elliptical_radius(
        drawing.x, drawing.y, spheroid.axis_ratio, spheroid.boxiness, core
    )
    light = profiles.sersic(r, spheroid.radius, spheroid.index)
    canvas.add(spheroid.brightness * light, spheroid.colour)


def _draw_edge_on(drawing: _Drawing, disc: Disc) -> None:
    x = drawing.x
    tipped = 0.8 * np.cos(disc.inclination)
    height = disc.scale * float(np.hypot(disc.thickness, tipped))
    light = profiles.edge_on_disc(x, drawing.y, disc.scale, height)
    light *= 1 - profiles.smoothstep(np.abs(x), 2.6 * disc.scale, 4.6 * disc.scale)
    light *= 1.6 * disc.brightness * _clumps(drawing, 0.6 * disc.clumpiness)
    _add_disc(drawing.canvas, disc, light, np.abs(x))


def _draw_disc(drawing: _Drawing, disc: Disc) -> None:
    """A disc that shows its face, with all that is in it."""
    canvas, body = drawing.canvas, drawing.body
    flat = replace(drawing, y=drawing.y / disc.axis_ratio)
    r = np.hypot(flat.x, flat.y)
    tilted = disc.axis_ratio**-0.35  # the line of sight through it grows
    light = tilted * disc.brightness * np.exp(-r / disc.scale)
    light *= 1 - profiles.smoothstep(r, 3.0 * disc.scale, 5.0 * disc.scale)
    light *= _clumps(drawing, disc.clumpiness)
    if body.bar is not None:
        # a bar sweeps the disc around it
        light *= 1 - 0.45 * np.exp(-((r / body.bar.half_length) ** 4))
    if body.spiral is not None:
        _draw_arms(flat, disc, body.spiral, light, r)
    else:
        _add_disc(canvas, disc, light, r)
    if body.ring is not None:
        canvas.light *= 1 - 0.45 * (1 - profiles.smoothstep(r, 0.5, 0.95 * body.ring.radius))
        ring = profiles.annulus(r, body.ring.radius, body.ring.width)
        ring = ring * body.ring.brightness * _clumps(drawing, 0.15 + 0.6 * disc.clumpiness)
        canvas.add(tilted * ring, body.ring.colour)
    if body.bar is not None:
        _draw_bar(flat, body.bar, tilted)


def _add_disc(canvas: Canvas, disc: Disc, light: Map, r: Map) -> None:
    """Add the light of a disc, in colours that change from its middle outwards."""
    outer = np.minimum(r / (2.4 * disc.scale), 1)
    canvas.add(light * (1 - outer), disc.colour)
    canvas.add(light * outer, disc.outer_colour)


def _draw_bar(flat: _Drawing, bar: Bar, tilted: float) -> None:
    cosine, sine = np.cos(bar.angle), np.sin(bar.angle)
    along, across = flat.x * cosine + flat.y * sine, flat.y * cosine - flat.x * sine
    shape = profiles.bar(along, across, bar.half_length, bar.axis_ratio)
    flat.canvas.add(tilted * bar.brightness * shape, bar.colour)


def _draw_arms(flat: _Drawing, disc: Disc, spiral: Spiral, light: Map, r: Map) -> None:
    """The disc of which arms gather light, their dust, and the young stars on them."""
    canvas, rng = flat.canvas, flat.rng
    winding = profiles.winding_angle(r, np.arctan2(flat.y, flat.x), spiral)
    bends = (0.06 + 0.12 * spiral.raggedness) * smooth_noise(rng, canvas.side, 9)
    pieces = profiles.spiral_noise(rng, r, winding)
    pattern = profiles.arm_pattern(winding, spiral, bends, pieces)
    reach = profiles.window(r, spiral) * spiral.contrast
    _add_disc(canvas, disc, light * (1 - 0.8 * reach * (1 - pattern)), r)
    flatter = disc.axis_ratio**-0.35 * np.exp(-r / (1.9 * disc.scale))
    texture = _clumps(flat, 0.35 + disc.clumpiness)
    arms = 0.75 * disc.brightness * flatter * reach * pattern * texture
    canvas.add(arms, spiral.colour)
    shifted = winding + 0.45 / spiral.arms * spiral.handedness
    lanes = profiles.arm_pattern(shifted, spiral, bends, pieces)
    darken(canvas.light, 0.55 * reach * lanes**2)
    _draw_knots(canvas, arms, spiral, rng)


def _draw_knots(canvas: Canvas, arms: Map, spiral: Spiral, rng: np.random.Generator) -> None:
    """Clusters of young stars where the arms are bright: blue, and some pink with hydrogen."""
    if spiral.knots == 0:
        return
    steps = np.cumsum(np.sqrt(np.maximum(arms, 0)) * (arms > 0.1))
    if steps[-1] == 0:
        return
    places = np.searchsorted(steps, rng.uniform(0, steps[-1], spiral.knots))
    x, y = canvas.axes
    rows, columns = np.unravel_index(np.minimum(places, steps.size - 1), arms.shape)
    for row, column in zip(rows, columns, strict=True):
        flux = float(arms[row, column]) * 35 * rng.lognormal(-0.3, 0.7)
        colour: Colour = (1.15, 0.75, 1.1) if rng.random() < 0.25 else (0.66, 0.96, 1.38)
        spread = rng.uniform(0.8, 2.6)
        canvas.spot(Spot(float(x[0, column]), float(y[row, 0]), spread, flux, colour))


def _clumps(drawing: _Drawing, strength: float) -> Map:
    """A factor around 1 that makes light uneven."""
    if strength <= 0:
        return np.ones((1, 1))
    side = drawing.canvas.side
    size = side * drawing.canvas.scale
    large = smooth_noise(drawing.rng, side, max(4, round(size / 26)))
    small = smooth_noise(drawing.rng, side, max(4, round(size / 11)))
    clumps: Map = np.exp(strength * (0.55 * large + 0.6 * small) - 0.35 * strength**2)
    return clumps


def _dust(x: Map, y: Map, dust: DustLane, rng: np.random.Generator) -> Map:
    """Optical depth in green; the lane is wavy and patchy."""
    side = len(x)
    t = x / dust.half_length
    height = y - x * np.tan(dust.tilt) - dust.offset
    height = height - dust.bend * t**2 + 0.3 * dust.width * smooth_noise(rng, side, 10)
    along = np.exp(-np.minimum(t**4, 50))
    patches = 1 + 0.25 * smooth_noise(rng, side, 22)
    depth: Map = dust.depth * along * np.exp(-0.5 * (height / dust.width) ** 2) * patches
    return depth


def _draw_tail(drawing: _Drawing, tail: Tail) -> None:
    """A row of overlapping clouds along a curve, that widens and fades outwards."""
    body, rng = drawing.body, drawing.rng
    steps = np.linspace(0, 1, _TAIL_SPOTS)
    headings = tail.angle + tail.bend * steps
    stride = tail.length / _TAIL_SPOTS
    x = body.x + tail.start * np.cos(tail.angle) + np.cumsum(np.cos(headings)) * stride
    y = body.y + tail.start * np.sin(tail.angle) + np.cumsum(np.sin(headings)) * stride
    patches = np.exp(0.35 * rng.standard_normal(_TAIL_SPOTS))
    for i, step in enumerate(steps):
        sigma = tail.width * (0.75 + 0.7 * step)
        fade = (1 - step) ** 0.8 * min(1.0, 0.3 + 4 * step)
        flux = tail.brightness * fade * patches[i] * sigma * stride * np.sqrt(2 * np.pi)
        jitter = 0.25 * sigma * rng.standard_normal(2)
        drawing.canvas.spot(
            Spot(x[i] + jitter[0], y[i] + jitter[1], sigma, float(flux), tail.colour)
        )
