"""How the languages of one text must agree: numbers, scripts, agreed terms. Knows no files."""

from bot.wording.numbers import number_difference

__all__ = ["number_difference"]
