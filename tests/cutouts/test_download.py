"""Pictures of a catalogue, from a stand-in that behaves and fails as the real service does."""

import itertools
import logging
from pathlib import Path

import pytest
import urllib3

from galaxyzoo.base.errors import UserError
from galaxyzoo.cutouts.download import CutoutOptions, CutoutOutcome, download, failed_path
from tests.conftest import make_jpeg
from tests.cutouts.conftest import Clock
from tests.cutouts.filling import IDS, RAS, pictures, run
from tests.cutouts.stand_in import (
    OUTSIDE,
    Act,
    StandIn,
    black,
    content,
    hang_up,
    picture,
    refusal,
    say_nothing,
)


def test_it_asks_for_what_galaxy_zoo_asked_for(catalogue: Path, sky: StandIn) -> None:
    assert run(catalogue, sky) == CutoutOutcome(got=4)
    size = {"width": "424", "height": "424", "opt": ""}
    scales = ["0.105000", "0.240000", "0.062000", "0.400000"]
    decs = ["0.5000000", "-1.5000000", "10.2746000", "0.0000000"]
    assert [request.query for request in sky.requests] == [
        {"ra": ra, "dec": dec, "scale": scale} | size
        for ra, dec, scale in zip(RAS, decs, scales, strict=True)
    ]
    assert all(own.headers["User-Agent"].startswith("galaxyzoo/") for own in sky.requests)
    assert pictures(catalogue) == {f"{one}.jpg" for one in IDS}
    sent = catalogue.with_name("sky") / "587722981742084144.jpg"
    assert sent.read_bytes() == make_jpeg(7)
    assert catalogue.with_name("sky.cutouts.csv").read_text() == (
        "id,ra,dec,scale,address,file\n"
        f"7,40.0000000,0.0000000,0.400000,{sky.address},7.jpg\n"
        f"100,10.0000000,0.5000000,0.105000,{sky.address},100.jpg\n"
        f"587722981742084144,20.0000000,-1.5000000,0.240000,{sky.address},587722981742084144.jpg\n"
        f"J100620.35+101629.1,30.0000000,10.2746000,0.062000,{sky.address},J100620.35+101629.1.jpg\n"
    )
    assert not failed_path(catalogue.with_name("sky")).exists()


def test_it_says_before_how_long_it_takes(
    catalogue: Path, sky: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    run(catalogue, sky, rate=1 / 1800)
    assert f"4 pictures to get from {sky.address}: 2 h 0 min at least" in caplog.text
    run(catalogue, sky)
    assert "0 pictures to get from" in caplog.text


PASSING: dict[str, list[Act]] = {
    "too many requests": [refusal(429, Retry_After="7")],
    "too many requests, of no length": [refusal(429, Retry_After="0")],
    "busy": [refusal(503), refusal(503), refusal(503)],
    "broken for a moment": [refusal(500), refusal(500)],
    "cut short": [content(make_jpeg(7)[:5000], length=len(make_jpeg(7)))],
    "no word": [hang_up],
    "too slow": [say_nothing],
}


@pytest.mark.parametrize("what", PASSING)
def test_what_passes_is_waited_for(
    catalogue: Path,
    sky: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    what: str,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr("galaxyzoo.cutouts.service._TIMEOUT", urllib3.Timeout(connect=1, read=0.2))
    sky.acts[RAS[1]] = list(PASSING[what])
    assert run(catalogue, sky) == CutoutOutcome(got=4)
    assert sky.asked() == [RAS[0], *[RAS[1]] * (len(PASSING[what]) + 1), RAS[2], RAS[3]]
    assert "SDSS sent no picture" in caplog.text


def test_each_wait_is_longer_and_a_wish_is_obeyed(
    catalogue: Path, sky: StandIn, clock: Clock
) -> None:
    sky.acts[RAS[0]] = [refusal(500), refusal(500), refusal(503), refusal(429, Retry_After="77")]
    run(catalogue, sky)
    first, second, third, wished = [pause for pause in clock.slept if pause][:4]
    assert 1 <= first < 2 <= second < 4 <= third < 6
    assert wished == 77


def test_it_gives_up_on_a_galaxy_in_the_end(catalogue: Path, sky: StandIn) -> None:
    sky.acts[RAS[1]] = [refusal(503)] * 99
    outcome = run(catalogue, sky)
    assert (outcome.got, list(outcome.failed)) == (3, [IDS[1]])
    assert outcome.failed[IDS[1]].startswith("asked 6 times in vain: too many 503 error responses")
    assert sky.asked().count(RAS[1]) == 6


FAILING: dict[str, tuple[Act, str]] = {
    "outside": (refusal(404, OUTSIDE), f"SDSS answered 404 {OUTSIDE}"),
    "gone": (refusal(404), "SDSS answered 404 Not Found"),
    "refused": (refusal(400), "SDSS answered 400 Bad Request"),
    "web page": (
        content(b"<!DOCTYPE html>\n<title>Maintenance</title>", "text/html"),
        "what SDSS sent is a web page and no picture: Maintenance",
    ),
    "no JPEG": (content(b"\x89PNG"), "what SDSS sent is no JPEG: 4 bytes of something else"),
    "nothing": (content(b""), "what SDSS sent is no JPEG: 0 bytes of something else"),
    "small": (picture(64, 64), "what SDSS sent is 64x64 pixels and not 424x424"),
    "damaged": (content(make_jpeg(7)[:5000]), "what SDSS sent is a damaged JPEG: Premature end"),
    "black": (
        black(),
        "what SDSS sent is black: the position is outside the SDSS footprint, or nothing is known "
        "there",
    ),
}


@pytest.mark.parametrize("what", FAILING)
def test_what_will_not_pass_is_asked_for_once_and_listed(
    catalogue: Path, sky: StandIn, what: str
) -> None:
    act, reason = FAILING[what]
    sky.acts[RAS[1]] = [act]
    outcome = run(catalogue, sky)
    assert sky.asked() == RAS
    assert outcome.failed[IDS[1]].startswith(reason)
    assert pictures(catalogue) == {f"{one}.jpg" for one in IDS if one != IDS[1]}
    header, row = failed_path(catalogue.with_name("sky")).read_text().splitlines()
    assert header == "id,reason"
    assert row.replace('"', "").startswith(f"{IDS[1]},{reason}")

    assert run(catalogue, sky) == CutoutOutcome(got=1, there=3)
    assert not failed_path(catalogue.with_name("sky")).exists()


@pytest.mark.parametrize("rate", [0.25, 1, 4])
def test_never_faster_than_the_rate_also_where_it_asks_again(
    catalogue: Path, sky: StandIn, rate: float
) -> None:
    sky.acts[RAS[1]] = [refusal(429, Retry_After="0"), refusal(500), hang_up]
    run(catalogue, sky, rate=rate)
    moments = [request.moment for request in sky.requests]
    pauses = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert len(pauses) == 6
    assert min(pauses) >= 1 / rate
    assert pauses[0] == pauses[5] == 1 / rate


def many(catalogue: Path, number: int = 30) -> list[str]:
    rows = [f"{n},{n},0,5" for n in range(number)]
    catalogue.write_text("\n".join(["id,ra,dec,petroR90_r", *rows, ""]))
    return [f"{n}.0000000" for n in range(number)]


def test_many_failures_in_a_row_end_it(catalogue: Path, sky: StandIn) -> None:
    ras = many(catalogue)
    sky.acts = {ra: [refusal(404)] for ra in ras[5:]}
    with pytest.raises(UserError, match=r"10 galaxies in a row have no picture; the last: SDSS an"):
        run(catalogue, sky)
    assert sky.asked() == ras[:15]
    assert len(pictures(catalogue)) == 5
    listed = failed_path(catalogue.with_name("sky")).read_text().splitlines()
    assert [row.split(",")[0] for row in listed[1:]] == [str(n) for n in range(5, 15)]

    sky.acts = {ra: [refusal(404)] for ra in ras[5:]}
    assert len(run(catalogue, sky, give_up=0).failed) == 25


@pytest.mark.parametrize("act", [refusal(404, OUTSIDE), black()])
def test_a_sky_that_sdss_has_not_seen_does_not_end_it(
    catalogue: Path, sky: StandIn, caplog: pytest.LogCaptureFixture, act: Act
) -> None:
    sky.acts = {ra: [act] for ra in many(catalogue, 15)}
    assert len(run(catalogue, sky).failed) == 15
    assert caplog.text.count("outside the SDSS footprint") == 10


def test_nobody_at_the_address_ends_it(
    catalogue: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    options = CutoutOptions(address="http://127.0.0.1:9/getjpeg")
    with pytest.raises(UserError, match=r"^http://127\.0\.0\.1:9/getjpeg: .*refused"):
        download(catalogue, catalogue.with_name("sky"), options)
    assert sum(clock.slept) > 31
    assert caplog.text.count("asking again") == 5


@pytest.mark.parametrize("address", ["skyserver.sdss.org", "ftp://sdss.org/x", "http:///x"])
def test_what_is_no_address_is_told(catalogue: Path, address: str) -> None:
    with pytest.raises(UserError, match="must be an address such as https://skyserver"):
        download(catalogue, catalogue.with_name("sky"), CutoutOptions(address=address))


def test_a_proxy_is_used(catalogue: Path, sky: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", sky.address)
    options = CutoutOptions(
        address=f"http://sdss.invalid{sky.address[sky.address.index('/dr18') :]}"
    )
    assert download(catalogue, catalogue.with_name("sky"), options).got == 4
