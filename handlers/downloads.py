"""What somebody may download once: made at that moment, by the kind that the ticket names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.files import MadeFile, NoFile
from bot.routing import Services
from bot.store import Store, Ticket
from handlers import (
    award_sheet,
    certificate_papers,
    contest_prizes,
    planreport_files,
    posters,
)

_KINDS: Mapping[str, Callable[[Services, Store, Ticket], Awaitable[MadeFile]]] = {
    posters.KIND: posters.make_file,
    award_sheet.TICKET: award_sheet.make_sheet,
    planreport_files.TICKET: planreport_files.make_report,
    contest_prizes.TICKET: contest_prizes.make_list,
    certificate_papers.KIND: certificate_papers.make_file,
}


async def make_file(services: Services, store: Store, ticket: Ticket) -> MadeFile:
    """The file; the right is looked at again. Raises NoFile."""
    make = _KINDS.get(ticket.what.partition(":")[0])
    if make is None:
        raise NoFile
    return await make(services, store, ticket)
