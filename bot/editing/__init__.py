"""For editors and translators: what the languages of the pack lack, and where they disagree."""

from bot.editing.catalogues import Catalogues, read_catalogues
from bot.editing.checking import catalogue_faults, wording_faults, wording_hints
from bot.editing.passages import LANGUAGES
from bot.editing.table import TableError

__all__ = [
    "LANGUAGES",
    "Catalogues",
    "TableError",
    "catalogue_faults",
    "read_catalogues",
    "wording_faults",
    "wording_hints",
]
