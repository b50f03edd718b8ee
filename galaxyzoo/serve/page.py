"""The page, as a script that Streamlit runs for each visitor whenever they drop something."""

from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import count
from galaxyzoo.predict.likeness import UNLIKE
from galaxyzoo.serve.blocks import STYLE, block, literal
from galaxyzoo.serve.desk import Desk
from galaxyzoo.serve.looking import Dropped, Looked, Looker, ShownGalaxy

_LOOKED = "looked"


def page() -> None:
    st.set_page_config("Galaxy Zoo", layout="wide")
    looker = Desk.looker()
    st.title("What would volunteers say?")
    st.write(
        "Drop pictures of galaxies, and see what Galaxy Zoo's volunteers would answer, as a "
        "network has learned from their votes. The pictures go to the program on your computer "
        "that shows this page, and nowhere else."
    )
    st.caption(literal(looker.predictor.about()))
    if looker.predictor.rendered:
        st.warning("This model learned from rendered galaxies: it knows nothing of the sky.")
    files = st.file_uploader(
        "Pictures: JPEG, PNG, TIFF, WebP, BMP or GIF, from 64x64 pixels",
        accept_multiple_files=True,
    )
    if files:
        _show_all(looker, files)


def _show_all(looker: Looker, files: Sequence[UploadedFile]) -> None:
    try:
        looked = _look(looker, files)
    except UserError as error:
        st.error(literal(str(error)))
        return
    for name, why in looked.rejected:
        st.error(f"**{literal(name)}** {literal(why)}")
    if not looked.galaxies:
        return
    number = count(looked.number, "galaxy", "galaxies")
    st.download_button(
        f"Catalogue of {number} as CSV",
        looked.catalogue,
        "catalogue.csv",
        "text/csv",
        on_click="ignore",
    )
    st.caption(_how_to_read(looker.predictor.coverage))
    st.html(STYLE)
    for galaxy in looked.galaxies:
        _show(looker, galaxy)
    if more := looked.number - len(looked.galaxies):
        st.info(
            f"{more} more are in the catalogue. For many pictures there is the command "
            "`galaxyzoo classify`."
        )


def _how_to_read(coverage: float | None) -> str:
    said = (
        "The dashed frame is what the network looks at. A branch of the tree is as wide as the "
        "part of all volunteers who would give that answer."
    )
    if coverage is None:
        return said
    return f"{said} An interval is made to hold what volunteers say of {coverage:.0%} of galaxies."


def _look(looker: Looker, files: Sequence[UploadedFile]) -> Looked:
    """What came of some files: kept, since the script runs again after a download, too."""
    key = tuple(file.file_id for file in files)
    if st.session_state.get(_LOOKED, ((), None))[0] != key:
        dropped = [Dropped(file.name, file.getvalue()) for file in files]
        st.session_state[_LOOKED] = (key, looker.look(dropped))
    looked: Looked = st.session_state[_LOOKED][1]
    return looked


def _show(looker: Looker, galaxy: ShownGalaxy) -> None:
    predictor = looker.predictor
    st.divider()
    if galaxy.warning:
        st.warning(f"**{literal(galaxy.name)}** {literal(_warned(galaxy.warning))}")
    st.html(block(predictor.tree, galaxy, predictor.crop.fraction, predictor.coverage))


def _warned(warning: str) -> str:
    if warning == UNLIKE:
        return f"{warning}: it may be no galaxy, and the answers may mean nothing"
    return f"{warning}: the answers may mean nothing"


page()
