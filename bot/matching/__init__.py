"""Which published check answers a text that somebody doubts; `matcher.py` has the way of it."""

from bot.matching.matcher import Hit, Match, Matcher, Wording, wordings_of

__all__ = ["Hit", "Match", "Matcher", "Wording", "wordings_of"]
