"""The seven verdicts in words, and in one sentence what each of them means."""

from __future__ import annotations

from collections.abc import Mapping

from bot.language import later

VERDICTS: Mapping[str, str] = {
    "incorrect": later("Incorrect"),
    "misleading": later("Misleading"),
    "missing-context": later("Missing context"),
    "correct": later("Correct"),
    "satire": later("Satire"),
    "opinion": later("Opinion"),
    "cannot-verify": later("Cannot be verified yet"),
}
MEANINGS: Mapping[str, str] = {
    "incorrect": later("The sources say something else."),
    "misleading": later("Part of it is right, but it leads to a wrong conclusion."),
    "missing-context": later("It is right only together with something that it leaves out."),
    "correct": later("The sources say the same."),
    "satire": later("It was meant as a joke and not as news."),
    "opinion": later("It is somebody's view. A view is neither right nor wrong."),
    "cannot-verify": later("There is no source yet that would settle it."),
}
