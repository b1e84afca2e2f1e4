"""How a text must be worded: numbers, scripts, agreed terms, plainness. Knows no files."""

from bot.wording.glossary import AgreedWords
from bot.wording.numbers import number_difference
from bot.wording.plainness import long_sentences
from bot.wording.scripts import script_faults

__all__ = ["AgreedWords", "long_sentences", "number_difference", "script_faults"]
