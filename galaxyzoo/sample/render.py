"""A galaxy's parameters -> its picture, the same bytes on every x86-64 processor.

exp, sin and their like differ in their last bits with the vector instructions of the processor.
So light is in float64 until `camera.stretch` rounds it to grey levels: there the difference is some
1e-15 of a level, and next to never turns one of the 2e8 levels of 2,000 galaxies. In float32, it
turned some in every tenth galaxy. Nothing is rounded on the way to that: each rounding would be one
more place where a value can fall to either side.
"""

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.sample.bodies import draw_arc, draw_body, draw_small
from galaxyzoo.sample.camera import flood, take_picture
from galaxyzoo.sample.canvas import new_canvas
from galaxyzoo.sample.galaxy import Body, Galaxy


def render(galaxy: Galaxy, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The image of a galaxy: uint8 RGB [424, 424, 3]. `rng` draws its texture and its noise."""
    canvas = new_canvas(galaxy.exposure.detector_pixels)
    draw_body(canvas, galaxy.body, rng)
    if galaxy.partner is not None:
        draw_body(canvas, galaxy.partner, rng)
    if galaxy.arc is not None:
        draw_arc(canvas, galaxy.arc)
    around = galaxy.surroundings
    for neighbour in around.neighbours:
        draw_small(canvas, neighbour, _reach(neighbour), rng)
    for spot in around.stars:
        canvas.spot(spot)
    for bright_star in around.bright_stars:
        flood(canvas, bright_star)
    for trail in around.trails:
        canvas.streak(trail)
    return take_picture(canvas, galaxy.exposure, rng)


def _reach(body: Body) -> float:
    """How far from its centre a neighbour's light counts."""
    reach = 0.0
    if body.spheroid is not None:
        reach = 3.5 * body.spheroid.radius * max(1.0, body.spheroid.index)
    if body.disc is not None:
        reach = max(reach, 5 * body.disc.scale)
    return reach
