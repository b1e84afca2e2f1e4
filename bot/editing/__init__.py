"""For editors and translators: what the languages of the pack lack, and where they disagree."""

from bot.editing.checking import wording_faults

__all__ = ["wording_faults"]
