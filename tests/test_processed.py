"""What earlier stages wrote and somebody damaged is refused by name."""

import json
import re
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from galaxyzoo.base.files import file_digest
from galaxyzoo.base.ids import id_array
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.processed import (
    DamagedError,
    Preparation,
    known_digest,
    open_array,
    write_digests,
)

GOOD = Preparation(212, 64, 424, rendered=True)


class CallsWhenUnpickled:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


@pytest.fixture
def paths(tmp_path: Path) -> ProcessedPaths:
    paths = ProcessedPaths(tmp_path)
    np.save(paths.galaxy_ids, id_array(["1", "02", "3"]))
    np.save(paths.images, np.zeros((3, 8, 8, 3), np.uint8))
    np.save(paths.centers, np.zeros((3, 10, 10, 3), np.uint8))
    return paths


def refused(path: Path) -> str:
    with pytest.raises(
        DamagedError, match=f"^{re.escape(str(path))}: .*run `dvc repro`$"
    ) as refusal:
        open_array(path)
    return str(refusal.value)


def test_good_ones_are_opened(paths: ProcessedPaths) -> None:
    for path in (paths.galaxy_ids, paths.images, paths.centers):
        assert len(open_array(path)) == 3


@pytest.mark.parametrize(
    "bad",
    [
        np.zeros((3, 8, 8, 3)),
        np.zeros((3, 8, 8, 3), np.int8),
        np.zeros((3, 8, 8), np.uint8),
        np.zeros((3, 8, 9, 3), np.uint8),
        np.zeros((3, 0, 0, 3), np.uint8),
        np.zeros((2, 8, 8, 3), np.uint8),
        np.zeros((), np.uint8),
    ],
)
def test_another_type_or_shape(paths: ProcessedPaths, bad: NDArray[Any]) -> None:
    np.save(paths.images, bad)
    np.save(paths.centers, bad)
    refused(paths.images)
    refused(paths.centers)


def test_the_message_says_what_is_and_what_must_be(paths: ProcessedPaths) -> None:
    np.save(paths.images, np.zeros((2, 8, 8, 3)))
    assert "is float64 [2, 8, 8, 3], and must be uint8 [3, side, side, 3]" in refused(paths.images)


@pytest.mark.parametrize("bad", [np.arange(3), np.array([["1"]]), np.array(["1"], np.bytes_)])
def test_other_ids(paths: ProcessedPaths, bad: NDArray[Any]) -> None:
    np.save(paths.galaxy_ids, bad)
    refused(paths.galaxy_ids)


def test_cut_anywhere(paths: ProcessedPaths) -> None:
    whole = paths.images.read_bytes()
    for end in (0, 3, 7, 50, 128, len(whole) - 1):
        paths.images.write_bytes(whole[:end])
        refused(paths.images)


def test_every_byte_of_the_header_damaged(paths: ProcessedPaths) -> None:
    """Opened as it was, or refused: nothing else."""
    whole = paths.images.read_bytes()
    for place in range(128):
        for byte in (0, whole[place] ^ 1, 0xFF):
            paths.images.write_bytes(whole[:place] + bytes([byte]) + whole[place + 1 :])
            with suppress(DamagedError):
                assert open_array(paths.images).shape == (3, 8, 8, 3)


def test_an_array_can_not_run_code(paths: ProcessedPaths, tmp_path: Path) -> None:
    for path in (paths.images, paths.galaxy_ids):
        objects = np.array([CallsWhenUnpickled(tmp_path / "ran")] * 3, dtype=object)
        np.save(path, objects, allow_pickle=True)
        refused(path)
    assert not (tmp_path / "ran").exists()


def test_a_missing_array_is_a_missing_file(paths: ProcessedPaths) -> None:
    paths.images.unlink()
    with pytest.raises(FileNotFoundError):
        open_array(paths.images)


def test_preparation_comes_back(tmp_path: Path) -> None:
    GOOD.write(tmp_path / "p.json")
    assert Preparation.read(tmp_path / "p.json") == GOOD


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"null",
        b"{}",
        json.dumps({"crop": 212, "size": 64, "width": 424}).encode(),
        json.dumps({"crop": 212, "size": 64, "width": 424, "rendered": True, "a": 1}).encode(),
        json.dumps({"crop": "212", "size": 64, "width": 424, "rendered": True}).encode(),
        json.dumps({"crop": 212, "size": 64.0, "width": 424, "rendered": True}).encode(),
        json.dumps({"crop": 212, "size": 0, "width": 424, "rendered": True}).encode(),
        json.dumps({"crop": 212, "size": True, "width": 424, "rendered": True}).encode(),
        json.dumps({"crop": 212, "size": 64, "width": 424, "rendered": "no"}).encode(),
    ],
)
def test_preparation_damaged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "p.json").write_bytes(content)
    with pytest.raises(DamagedError, match=r"p\.json: .*run `dvc repro`"):
        Preparation.read(tmp_path / "p.json")


@pytest.fixture
def recorded(paths: ProcessedPaths) -> ProcessedPaths:
    write_digests(paths.digests, paths.images, paths.galaxy_ids)
    return paths


def test_a_recorded_file_is_not_read_again(
    recorded: ProcessedPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until it is touched, and then once."""
    read: list[Path] = []

    def reading(path: Path) -> str:
        read.append(path)
        return file_digest(path)

    monkeypatch.setattr("galaxyzoo.processed.file_digest", reading)
    expected = sha256(recorded.images.read_bytes()).hexdigest()
    for times in (0, 1):
        if times:
            recorded.images.touch()
        for _ in range(2):
            assert known_digest(recorded.digests, recorded.images) == expected
            assert read == [recorded.images] * times


def test_where_nothing_is_recorded_a_file_is_read(paths: ProcessedPaths) -> None:
    expected = sha256(paths.images.read_bytes()).hexdigest()
    assert known_digest(paths.digests, paths.images) == expected


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("{", "is no JSON"),
        ("[]", "must hold the SHA-256 of images.npy"),
        ("{}", "must hold the SHA-256 of images.npy"),
        ('{"images.npy": "12"}', "must hold the SHA-256 of images.npy"),
        ('{"images.npy": 12}', "must hold the SHA-256 of images.npy"),
    ],
)
def test_a_damaged_record(recorded: ProcessedPaths, content: str, why: str) -> None:
    recorded.digests.write_text(content)
    with pytest.raises(DamagedError, match=rf"digests\.json: {why}: .*run `dvc repro`"):
        known_digest(recorded.digests, recorded.images)
