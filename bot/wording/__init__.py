"""How the languages of one text must agree: numbers, scripts, agreed terms. Knows no files."""

from bot.wording.glossary import AgreedWords
from bot.wording.numbers import number_difference
from bot.wording.scripts import script_faults

__all__ = ["AgreedWords", "number_difference", "script_faults"]
