"""What a restored backup may not go on with: the world went on after the backup was made.

What was queued then may have been sent since. Nothing of it is sent by itself: recipients and
scheduled messages are uncertain, campaigns wait for an officer's word, codes that served once are
gone, and who left or erased everything since is gone again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.campaigns import AWAITING, PAUSED, RUNNING, SCHEDULED
from bot.model import Parcel, Person
from bot.store import audit, incidents, notices, schema
from bot.store.codec import Codecs
from bot.store.erasures import ERASED, STOPPED, Erasures
from bot.store.rows import in_utc
from bot.store.work import Work

# The reason of what an officer has to look at.
RESTORED = "restored"
# Clocks of machines differ, and what is noted is committed a moment later.
_MARGIN = timedelta(minutes=10)


def settle(
    connection: Connection, codecs: Codecs, made_at: datetime, now: datetime
) -> Mapping[str, int]:
    """Holds back all that may have gone on since; by kind, how many rows."""
    uncertain = _settle_recipients(connection, now) + _settle_messages(connection, now)
    counts = {"campaigns": _hold_campaigns(connection, now), "uncertain": uncertain}
    _forget_the_moment(connection, now)
    incidents.forget(connection)
    notices.tell_administrators(
        connection, codecs, Parcel("notice", label=RESTORED, day=made_at.date()), now
    )
    audit.note(connection, "database.restore", f"backup:{made_at:%Y-%m-%dT%H:%MZ}", None, now)
    return counts


def settle_moved(connection: Connection, now: datetime) -> int:
    """Nothing has run since: only what was on its way at that moment is uncertain."""
    row = schema.recipient.c
    sending = (row.state == "sending", row.message_number.is_(None))
    count = _change(connection, schema.recipient, sending, state="uncertain", reason=RESTORED)
    again = (row.state == "sending", row.message_number.is_not(None))
    _change(connection, schema.recipient, again, state="queued")
    lost = (schema.delivery.c.state == "sending",)
    count += _change(connection, schema.delivery, lost, **_SETTLED)
    told = (schema.report_message.c.state == "sending",)
    count += _change(connection, schema.report_message, told, state="uncertain", held_by=None)
    _forget_processes(connection)
    audit.note(connection, "database.move", "backup", None, now)
    return count


def forget_again(
    connection: Connection, codecs: Codecs, erasures: Erasures, made_at: datetime
) -> Mapping[str, int]:
    """Who left or erased everything since the backup; not who had come back by then."""
    counts = {ERASED: 0, STOPPED: 0}
    noted = erasures.since(made_at - _MARGIN)
    if not noted:
        return counts
    address, person = schema.address.c, schema.person.c
    query = select(address.channel, address.address, person.id, person.consent_at)
    query = query.join(schema.person, person.id == address.person_id)
    gone: dict[int, str] = {}
    for row in connection.execute(query.execution_options(yield_per=5000)):
        what, when = noted.get(erasures.key(row.channel, row.address), ("", made_at))
        agreed = in_utc(row.consent_at)
        if what and (agreed is None or agreed <= when) and gone.get(row.id) != ERASED:
            gone[row.id] = what
    for person_id, what in gone.items():
        work = Work()
        (work.erase if what == ERASED else work.stop)(Person(person_id))
        work.apply(connection, codecs)
        counts[what] += 1
    return counts


def read_grants(connection: Connection) -> Sequence[Any]:
    """The platforms' tokens of the database that is replaced."""
    return connection.execute(select(schema.platform_grant)).mappings().all()


def keep_newer_grants(connection: Connection, grants: Sequence[Any]) -> int:
    """A refresh token serves once: those of the backup are spent, if there are later ones."""
    table, count = schema.platform_grant, 0
    for grant in grants:
        mine = table.c.channel == grant["channel"]
        known = connection.execute(select(table.c.generation).where(mine)).scalar_one_or_none()
        if known is None or known < grant["generation"]:
            times = {name: in_utc(grant[name]) for name in ("expires_at", "dead_since")}
            row = {**grant, **times, "held_by": None, "lease_until": None}
            connection.execute(delete(table).where(mine))
            connection.execute(insert(table).values(row))
            count += 1
    return count


_SETTLED = {"state": "uncertain", "lease_until": None, "held_by": None, "sealed": b""}


def _settle_recipients(connection: Connection, now: datetime) -> int:
    """Those whose time has not come yet cannot have been written to; edits may be done twice."""
    row = schema.recipient.c
    again = (row.state == "sending", row.message_number.is_not(None))
    _change(connection, schema.recipient, again, state="queued")
    perhaps = (
        (row.state == "sending") | ((row.state == "queued") & (row.not_before <= now)),
        row.message_number.is_(None),
    )
    return _change(connection, schema.recipient, perhaps, state="uncertain", reason=RESTORED)


def _settle_messages(connection: Connection, now: datetime) -> int:
    count = 0
    for table, values in (
        (schema.delivery, _SETTLED),
        (schema.report_message, {"state": "uncertain", "lease_until": None, "held_by": None}),
    ):
        ripe = (table.c.state == "queued") & (table.c.not_before <= now)
        perhaps = (table.c.state.in_(("sending", "waiting")) | ripe,)
        count += _change(connection, table, perhaps, **values)
    return count


def _hold_campaigns(connection: Connection, now: datetime) -> int:
    """All that would go out waits for a word, and whoever says it reads that it may be out."""
    table = schema.campaign
    state = table.c.state
    values = {"reason": RESTORED, "changed_at": now}
    going = (state.in_((RUNNING, SCHEDULED, AWAITING)),)
    held = _change(connection, table, going, state=PAUSED, **values)
    known = (state == PAUSED, table.c.reason.is_(None))
    held += _change(connection, table, known, **values)
    connection.execute(delete(schema.approval_request))
    return held


def _forget_the_moment(connection: Connection, now: datetime) -> None:
    """Answers under way then were said; codes and tickets may have served; leases mean nothing."""
    done = {"done_at": now, "sealed": None}
    _change(connection, schema.event, (schema.event.c.done_at.is_(None),), **done)
    for table in (schema.reply, schema.invitation, schema.file_ticket, schema.link_code):
        connection.execute(delete(table))
    _forget_processes(connection)


def _forget_processes(connection: Connection) -> None:
    """Those of the backup are not among who runs now."""
    connection.execute(delete(schema.bulk_sender))
    connection.execute(delete(schema.process))


def _change(connection: Connection, table: Any, which: Sequence[Any], **values: Any) -> int:
    return connection.execute(update(table).where(*which).values(values)).rowcount
