"""Indexes by which what waits for one person is found among all that is done.

The one of events by when they were done leaves out those that are open: with them in it, SQLite
looks for one person's open events among everybody's.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    is_done, waits = sa.text("done_at IS NOT NULL"), sa.text("state = 'waiting'")
    op.drop_index("ix_event_done_at", "event")
    op.create_index(
        "ix_event_done_at", "event", ["done_at"], sqlite_where=is_done, postgresql_where=is_done
    )
    op.create_index(
        "ix_delivery_waiting", "delivery", ["person_id"], sqlite_where=waits, postgresql_where=waits
    )
