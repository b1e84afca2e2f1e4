"""What can be wrong with a template that an office has edited, and with making a document."""

from __future__ import annotations

from typing import Literal

# No such field; a tag nobody understands; a loop without its end, an end without its beginning;
# a field that holds several things; what no template may do; no Word file at all.
TemplateReason = Literal["field", "tag", "unclosed", "unopened", "several", "refused", "file"]
TemplatePlace = Literal["text", "table", "head", "foot", "note", "about", ""]
_SAID: dict[TemplateReason, str] = {
    "field": "there is no field {name}",
    "tag": "this tag cannot be read: {name}",
    "unclosed": "{name} has no end: endfor or endif is missing",
    "unopened": "{name} ends what has not begun",
    "several": "{name} holds several things: write a loop, {{% for one in {name} %}}",
    "refused": "a template may not ask for {name}",
    "file": "this is no Word document (.docx)",
}
_PLACES: dict[TemplatePlace, str] = {
    "text": "in the text",
    "table": "in a table",
    "head": "at the top of every page",
    "foot": "at the bottom of every page",
    "note": "in a footnote",
    "about": "in the properties of the file",
    "": "",
}


class DocumentError(Exception):
    """The document was not made; the message says why."""


class TemplateFault(DocumentError):
    """A template cannot be filled in. The message tells all; the parts are for who translates.

    `name` is the field or tag, `near` the words around it, `like` a field of nearly that name.
    """

    def __init__(
        self,
        reason: TemplateReason,
        name: str = "",
        near: str = "",
        place: TemplatePlace = "",
        like: str = "",
    ) -> None:
        super().__init__(_told(reason, name, near, place, like))
        self.reason, self.name, self.near, self.place, self.like = reason, name, near, place, like

    @property
    def parts(self) -> dict[str, str]:
        """What it is made of, for handing it from one process to another."""
        return {
            "reason": self.reason,
            "name": self.name,
            "near": self.near,
            "place": self.place,
            "like": self.like,
        }


def _told(reason: TemplateReason, name: str, near: str, place: TemplatePlace, like: str) -> str:
    said = _SAID[reason].format(name=name)
    if like:
        said += f" (perhaps {like}?)"
    if where := " ".join(filter(None, (_PLACES[place], f"near “{near}”" if near else ""))):
        said += f", {where}"
    return said
