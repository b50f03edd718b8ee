import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from galaxyzoo.base import versions
from galaxyzoo.base.versions import (
    PACKAGES,
    VersionsError,
    check_versions,
    installed_versions,
    write_versions,
)
from tests.conftest import ROOT


def test_what_is_written_is_what_is_installed_as_text(tmp_path: Path) -> None:
    path = tmp_path / "versions.yaml"
    write_versions(path)
    written = yaml.safe_load(path.read_text())
    assert written == installed_versions()
    assert all(isinstance(own, str) for own in written.values())
    check_versions(path)


def test_the_committed_ones_are_those_of_requirements_txt() -> None:
    """Some packages have several there, for several versions of Python."""
    required = (ROOT / "requirements.txt").read_text()
    for name, own in yaml.safe_load((ROOT / "versions.yaml").read_text()).items():
        assert own in re.findall(rf"^{re.escape(name)}==(\S+)", required, re.MULTILINE), name


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('numpy: "', 'numpy: "1', r"numpy 1\d+\.\S+, and \d\S+ is installed"),
        ("pillow: ", "pillow: 9 #", "pillow 9, and .* is installed"),
        ("numpy: ", "numpie: ", r"numpie, which is none of those that matter; numpy none, and"),
    ],
)
def test_others_are_refused_by_name_with_what_to_do(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = tmp_path / "versions.yaml"
    path.write_text((ROOT / "versions.yaml").read_text().replace(old, new))
    with pytest.raises(VersionsError, match=message) as error:
        check_versions(path)
    assert "Run `make setup`" in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_a_package_that_is_not_there_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_versions(tmp_path / "versions.yaml")
    monkeypatch.setitem(PACKAGES, "nowhere", "galaxyzoo-nowhere")
    with pytest.raises(VersionsError, match="galaxyzoo-nowhere"):
        (tmp_path / "more.yaml").write_text('galaxyzoo-nowhere: "1"\n')
        check_versions(tmp_path / "more.yaml")
    assert installed_versions()["galaxyzoo-nowhere"] == "none"


def test_a_file_that_says_the_same_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "versions.yaml"
    path.write_text("# mine\n" + (ROOT / "versions.yaml").read_text())
    write_versions(path)
    assert path.read_text().startswith("# mine")
    monkeypatch.setattr(versions, "version", lambda _: "99")
    write_versions(path)
    assert yaml.safe_load(path.read_text())["torch"] == "99"
    assert re.search(r"written anew: it said jinja2 \S+, and 99 is inst", capsys.readouterr().out)


def test_a_stage_stops_under_other_versions_before_it_does_anything(tmp_path: Path) -> None:
    (tmp_path / "versions.yaml").write_text('numpy: "0.1"\n')
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import stages\n"
    code += "stages.run(lambda: print('it ran'))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: versions.yaml: not what is installed: ")


def test_every_stage_goes_through_the_check() -> None:
    scripts = sorted((ROOT / "stages").glob("[!_]*.py"))
    assert len(scripts) == 11  # of which train_encoder is in no dvc.yaml
    for script in scripts:
        assert script.read_text().endswith('if __name__ == "__main__":\n    run(main)\n')
