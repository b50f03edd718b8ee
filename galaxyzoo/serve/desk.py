"""What the server hands to the page, which Streamlit runs anew for each visitor and each change."""

from galaxyzoo.serve.looking import Looker


class Desk:
    """The one model of this process, that all visitors of the page share."""

    _looker: Looker | None = None

    @classmethod
    def put(cls, looker: Looker) -> None:
        cls._looker = looker

    @classmethod
    def looker(cls) -> Looker:
        assert cls._looker is not None, "the page is run by `galaxyzoo serve`"
        return cls._looker
