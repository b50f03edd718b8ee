import sys

import pytest

from galaxyzoo.base.astronomy import astropy
from galaxyzoo.base.errors import UserError


def test_gives_a_module_of_astropy() -> None:
    assert astropy("table", "c.fits").Table({"a": [1, 2]})["a"].sum() == 3


def test_says_how_to_install_it_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "astropy.table", None)
    with pytest.raises(UserError, match=r"^c\.fits: .*pip install 'galaxyzoo\[astronomy\]'$"):
        astropy("table", "c.fits")
