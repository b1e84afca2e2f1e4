"""What others see of a certificate: the picture, the PDF, and what the page tells of its code."""

from __future__ import annotations

from bot.certificate import Certificate, CertificateError, Kind, find_logo
from bot.certificate_page import Record, words_of
from bot.contests import Issued, Round
from bot.files import MadeFile, NoFile
from bot.language import Voice, pick
from bot.model import Person
from bot.printing import print_certificate
from bot.routing import Services
from bot.store import Store, Ticket
from bot.ways import WEB

KIND = "certificate"
_MEDIA = {"png": "image/png", "pdf": "application/pdf"}


def check_address(site: str, code: str) -> str:
    """Where anyone can check it; without a site the code is all that there is."""
    return f"{site}/certificates/{code}" if site else code


async def make_file(services: Services, store: Store, ticket: Ticket) -> MadeFile:
    """The picture or the PDF, if the certificate still counts. Raises NoFile."""
    _, number, word, tag = ticket.what.split(":")
    one = await store.contests.round(int(number))
    issued = await store.certificates.of_round(Person(ticket.person_id), one) if one else None
    if one is None or issued is None or not issued.holder:
        raise NoFile
    kind: Kind = "png" if word == "png" else "pdf"
    site = (await store.links.all()).get(WEB, "")
    say = services.languages.voice(tag)
    contest, part, result = _told(services, one, issued, say)
    drawing = Certificate(
        holder=issued.holder,
        contest_title=contest,
        round_title=part,
        result_text=result,
        issued_on=issued.issued_on,
        issuer=services.structure.sender,
        code=issued.code,
        verify_url=check_address(site, issued.code),
        language=say.tag,
        words=words_of(say, issued.issued_on),
        logo=find_logo(services.library.folder),
    )
    try:
        drawn = await print_certificate(drawing, kind)
    except CertificateError as error:
        # What it says may hold letters of the name, and it would stand in the log.
        raise RuntimeError(f"a certificate was not drawn: {type(error).__name__}") from None
    return MadeFile(f"{issued.code}.{kind}", _MEDIA[kind], drawn)


async def find_certificate(services: Services, store: Store, typed: str, tag: str) -> Record | None:
    """What the page tells of a code; of one that was withdrawn no name."""
    issued = await store.certificates.find(typed)
    one = await store.contests.round(issued.round_id) if issued else None
    if issued is None or one is None:
        return None
    contest, part, result = _told(services, one, issued, services.languages.voice(tag))
    return Record(
        code=issued.code,
        contest_title=contest,
        round_title=part,
        result_text=result,
        issued_on=issued.issued_on,
        issuer=services.structure.sender,
        holder=issued.holder,
        withdrawn_on=issued.withdrawn_on,
    )


def _told(services: Services, one: Round, issued: Issued, say: Voice) -> tuple[str, str, str]:
    """The contest's title, the round and the result, in the reader's language."""
    points, whole = say.number(issued.points), say.number(issued.whole)
    return (
        pick(one.frozen.rules.title, services.languages.fallbacks(say.tag)),
        pick(one.frozen.rules.label, services.languages.fallbacks(say.tag))
        if one.frozen.rules.label
        else say("Round {name}", name=one.name),
        say("{number} of {all} answers right", number=points, all=whole),
    )
