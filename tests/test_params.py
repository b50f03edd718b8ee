import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from galaxyzoo.base.sections import DataParams, ParamsError, read_section
from galaxyzoo.labels.params import SplitParams
from galaxyzoo.params import read_params
from galaxyzoo.predict.params import predict_params
from galaxyzoo.training.params import EncoderParams, TrainParams
from tests.conftest import ROOT
from tests.reruns import to_paste

COMMITTED = (ROOT / "params.yaml").read_text()


def changed(tmp_path: Path, old: str, new: str) -> Path:
    assert old in COMMITTED
    path = tmp_path / "params.yaml"
    path.write_text(COMMITTED.replace(old, new, 1))
    return path


def test_the_committed_parameters_are_those_of_the_course() -> None:
    params: dict[str, Any] = dict(read_params(ROOT / "params.yaml"))
    assert (params["crop_resize"].crop, params["crop_resize"].size) == (212, 64)
    assert params["split"].test_fraction == 0.2
    cnn, resnet = params["train_cnn"], params["train_resnet"]
    assert (cnn.epochs, cnn.learning_rate) == (6, 0.003)
    assert (resnet.epochs, resnet.learning_rate) == (3, 0.0005)
    assert cnn.batch_size == resnet.batch_size == 64


def test_every_parameter_says_what_it_means() -> None:
    lines = COMMITTED.splitlines()
    assert all("#" in line for line in lines if line.startswith("  "))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rate: 0.003", "rate: -1", "train_cnn.learning_rate: must be greater than 0, got -1"),
        ("rate: 0.003", "rate: .inf", "train_cnn.learning_rate: must be a finite number"),
        ("rate: 0.003", "rate: fast", "train_cnn.learning_rate: must be a valid number"),
        ("epochs: 6", "epochs: 0", "train_cnn.epochs: must be greater than or equal to 1, got 0"),
        ("epochs: 6", "epochs: 2.5", "train_cnn.epochs: must be a valid integer, got 2.5"),
        ("epochs: 6", "epocs: 6", "train_cnn.epocs: is not a parameter"),
        ("  epochs: 6", "  #", "train_cnn.epochs: is missing"),
        ("device: auto", "device: gpu", "train_cnn.device: must be 'auto', 'cuda', 'mps' or 'cpu'"),
        ("fraction: 0.2", "fraction: 1", "split.test_fraction: must be less than 1, got 1"),
        ("save_jpegs: true", "save_jpegs: 1", "crop_resize.save_jpegs: must be a valid boolean"),
        (
            "views: 8",
            "views: 7",
            "predict.tuned_views: must be 1, or an even number up to 1024, got 7",
        ),
        ("  tuned_views", "  vgg_views", "predict.vgg_views: is not a parameter"),
        (
            "rate: 0.005 # share",
            "rate: 1 #",
            "predict.false_alarm_rate: must be less than or equal",
        ),
        ("zoom: 1.2", "zoom: 0.8", "train_tuned.zoom: must be greater than or equal to 1, got 0.8"),
        ("pretrained: data/no_weights.txt", "pretrained: ''", "cnn.pretrained: must not be empty"),
        ("lr_mult: 0.1", "lr_mult: 2", "train_cnn.pretrained_lr_mult: must be less than or equal"),
        ("train_cnn:", "train_cnn:\nother:", "train_cnn: must be a section"),
        ("split:", "slpit:", "slpit: is not a parameter"),
        ("train_tuned:", "train_vgg:", "train_vgg: is not a parameter"),
        (
            "images: data",
            "images: s3://me:secret@sky/data",
            "data.images: must be a path; dvc import-url makes a file of a URL (docs/",
        ),
        ("seed: 42", "seed: -1", "split.seed: must be greater than or equal to 0, got -1"),
    ],
)
def test_refuses_by_name(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(ParamsError) as error:
        read_params(changed(tmp_path, old, new))
    assert message in str(error.value)


def test_a_network_that_no_stage_trains_needs_no_section(tmp_path: Path) -> None:
    """The encoder, whose section docs/full_data.md has."""
    assert "train_encoder" not in read_params(ROOT / "params.yaml")
    _, (pasted, place) = to_paste()
    params = read_params(changed(tmp_path, place, pasted + place))
    own = params["train_encoder"]
    assert isinstance(own, EncoderParams)
    assert (own.model, own.start) == ("resnet50", None)
    assert list(params).index("train_encoder") < list(params).index("predict")
    with pytest.raises(ParamsError, match=r"^train_encoder\.model: must not be empty, got ''$"):
        read_params(
            changed(tmp_path, place, pasted.replace("model: resnet50", "model: ''") + place)
        )
    assert all("#" in line for line in pasted.splitlines()[1:])


def test_names_everything_that_is_wrong(tmp_path: Path) -> None:
    both = "epochs: 6 # passes over the training split\n  batch", "epochs: 0\n  botch"
    with pytest.raises(ParamsError) as error:
        read_params(changed(tmp_path, *both))
    assert len(str(error.value).splitlines()) == 3


def test_a_section_is_read_without_a_look_at_the_others(tmp_path: Path) -> None:
    path = changed(tmp_path, "seed: 42", "sead: 42")
    assert read_section("train_cnn", TrainParams, path).epochs == 6
    with pytest.raises(ParamsError, match=r"^train_vgg: is missing$"):
        read_section("train_vgg", TrainParams, path)
    other = changed(tmp_path, "epochs: 6", "epochs: 0")
    with pytest.raises(ParamsError, match=r"^train_cnn\.epochs: must be greater .* 1, got 0$"):
        read_section("train_cnn", TrainParams, other)


def test_a_section_that_is_none_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text("data: none")
    with pytest.raises(ParamsError, match=r"^data: must be .*, got 'none'$"):
        read_section("data", DataParams, tmp_path / "params.yaml")


def test_views_are_those_of_the_network_unless_params_say_otherwise(tmp_path: Path) -> None:
    path = changed(tmp_path, "  tuned_views: 8", "  #")
    assert read_section("predict", predict_params(), path).views("tuned") == 8
    path = changed(tmp_path, "tuned_views: 8", "tuned_views: 4")
    assert read_section("predict", predict_params(), path).views("tuned") == 4
    assert read_section("predict", predict_params(), path).views("cnn") == 1


def test_numbers_are_read_as_dvc_reads_them(tmp_path: Path) -> None:
    path = changed(tmp_path, "rate: 0.003", "rate: 3e-3")
    assert read_section("train_cnn", TrainParams, path).learning_rate == 0.003


@pytest.mark.parametrize("content", ["", "- 1", "data: {"])
def test_what_is_no_params_file(tmp_path: Path, content: str) -> None:
    (tmp_path / "params.yaml").write_text(content)
    with pytest.raises(ParamsError, match=r"params\.yaml"):
        read_params(tmp_path / "params.yaml")


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="no such file"):
        read_params(tmp_path / "params.yaml")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "expected sections such as 'data:'"),
        (b"# nothing\n", "expected sections such as 'data:'"),
        (b"data:\n  images: a\nsplit:\n  seed: 1\ndata:\n  images: b\n",
         "line 5: 'data' is given twice, first on line 1; remove one"),
        (b"split:\n  seed: 1\n  seed: 2\n", "line 3: 'seed' is given twice, first on line 2"),
        (b"data:\n  images: caf\xe9\n", "line 2: the byte 0xe9 is not UTF-8; save it as UTF-8"),
        (b"data:\n\timages: a\n", "line 2: a tab; indent with spaces"),
        (b"split:\n  seed: 2024-13-45\n", "line 2: a date (text is put in quotes) is no value"),
        (b"split:\n  seed: " + b"9" * 10_000, "line 2: a number of 10,000 characters"),
        (b"split:\n  seed: 0x" + b"f" * 10_000, "line 2: a number of 10,002 characters"),
        (b"split: {seed: !!int many}\n", "line 1: 'many' is not what its tag says"),
        (b"a: !!python/object/apply:os.system [touch ran]\n",
         "line 1: what has the tag !!python/object/apply:os.system is no value"),
        (b"a: !!binary aGk=\n", "line 1: what has the tag !!binary is no value"),
        (b"1: {seed: 1}\n", "line 1: a key that is no text"),
        (b"? [a]\n: 1\n", "line 1: a key that is no text"),
        (b"a: " + b"[" * 50 + b"]" * 50, "line 1: goes more than 20 deep"),
        (b"a: " + b"[" * 5000, "goes more than 20 deep"),
        (b"a: &a [*a]\n", "line 1: goes more than 20 deep"),
        (b"a: \x00\n", "line 1: holds the character '\\x00'"),
        (b'a: "\\e[2J"\n', "line 1: text with a control character: '\\x1b[2J'"),
        (b"a: [1\nb: 2\n", "line 2: not valid YAML: "),
        (b"a: *nowhere\n", "line 1: not valid YAML: found undefined alias"),
        (b"a: 1\n---\nb: 2\n", "line 2: not valid YAML: "),
        (b"#" * 100_001, "has more than 100,000 bytes"),
        (COMMITTED.encode("utf-16"), "line 1: the byte 0xff is not UTF-8"),
    ],
)  # fmt: skip
def test_what_no_params_file_holds_is_refused_in_a_line(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "params.yaml"
    path.write_bytes(content)
    for read in (read_params, partial(read_section, "split", SplitParams)):
        with pytest.raises(ParamsError) as error:
            read(path=path)
        said = str(error.value)
        assert said.startswith(f"{path}: {message}")
        assert len(said.splitlines()) == 1
        assert len(said) < 400


@pytest.mark.parametrize("merge", [False, True])
def test_a_few_aliases_that_stand_for_billions_of_values(tmp_path: Path, merge: bool) -> None:
    inner = "<<: [{0}]" if merge else "{0}"
    lines = ["a0: &a0 {x: 1}"]
    for level in range(1, 12):
        nine = ", ".join([f"*a{level - 1}"] * 9)
        value = "{" + inner.format(nine) + "}" if merge else f"[{nine}]"
        lines.append(f"a{level}: &a{level} {value}")
    path = tmp_path / "params.yaml"
    path.write_text("\n".join(lines))
    with pytest.raises(ParamsError, match="more than 10,000 values, with aliases written out"):
        read_params(path)


def test_aliases_and_a_mark_of_byte_order_are_no_mistakes(tmp_path: Path) -> None:
    path = changed(tmp_path, "train_cnn:", "train_cnn: &cnn")
    section = path.read_text().index("train_resnet:")
    end = path.read_text().index("train_tuned:")
    text = path.read_text()[:section] + "train_resnet:\n  <<: *cnn\n  epochs: 9\n"
    text += path.read_text()[end:]
    path.write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    assert read_section("train_resnet", TrainParams, path).epochs == 9
    assert read_section("train_resnet", TrainParams, path).learning_rate == 0.003


def test_messages_are_short_and_ours(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text(f"data: {{images: '', labels: [{'9, ' * 3000}]}}\n")
    with pytest.raises(ParamsError) as error:
        read_section("data", DataParams, path)
    empty, long = str(error.value).splitlines()
    assert empty == "data.images: must not be empty, got ''"
    assert long.startswith("data.labels: must be a valid string, got [9, 9")
    assert len(long) < 250
    path.write_text("data: {" + ", ".join(f"x{n}: 1" for n in range(500)) + "}")
    with pytest.raises(ParamsError) as error:
        read_section("data", DataParams, path)
    lines = str(error.value).splitlines()
    assert len(lines) == 11
    assert lines[-1] == "and 492 more"


def test_every_twin_is_named(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    path.write_text("a: 1\nb: 1\na: 2\nb: 2\na: 3\n")
    with pytest.raises(ParamsError) as error:
        read_params(path)
    assert str(error.value).splitlines() == [
        f"{path}: line 3: 'a' is given twice, first on line 1; remove one",
        "and 2 others:",
        "  line 4: 'b', first on line 2",
        "  line 5: 'a', first on line 1",
    ]


LINES = st.sampled_from(COMMITTED.splitlines())
PIECES = st.sampled_from(
    ["\t", "&a ", "*a", "<<: *a", "!!int ", "!!python/name:os.system ", "- ", "? ", "|\n ", "'",
     '"\\ud800"', "2024-02-30", "1e999", "0x", "-.inf", "~", "{", "[", "#", "---", "%YAML 9.9",
     "\ufeff", "\x85", "\u2028", "1:30:99", "1__0", "=", "<<", "null: 1", "? {a: b}"]
)  # fmt: skip
EVERY = st.binary(max_size=200) | st.text(max_size=200).map(
    lambda text: text.encode("utf-8", "surrogatepass")
)
MIXED = st.lists(LINES | PIECES | st.text(max_size=8), max_size=30).map(
    lambda lines: "\n".join(lines).encode("utf-8", "surrogatepass")
)
GLUED = st.tuples(st.integers(0, len(COMMITTED)), PIECES, st.integers(0, 6)).map(
    lambda own: f"{COMMITTED[: own[0]]}{own[1]}{COMMITTED[own[0] + own[2] :]}".encode()
)


@settings(max_examples=300, deadline=None)
@given(content=EVERY | MIXED | GLUED)
def test_anything_gives_sections_or_is_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "params.yaml"
        path.write_bytes(content)
        for read in (read_params, partial(read_section, "split", SplitParams)):
            try:
                read(path=path)
            except ParamsError as error:
                lines = str(error).splitlines()
                assert len(lines) <= 13
                assert all(len(line) < 500 for line in lines)
                assert all(line.isprintable() for line in lines)
