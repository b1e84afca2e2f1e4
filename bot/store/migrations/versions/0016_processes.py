"""The processes that share a database, and which of them has an event."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("done_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "process",
        sa.Column("number", _ID, nullable=False),
        sa.Column("place", sa.String(length=16), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_leaving", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_settled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_process")),
        sqlite_autoincrement=True,
    )
    op.add_column("event", sa.Column("held_by", _ID, nullable=True))
    op.drop_index("ix_event_open", table_name="event")
    op.create_index(
        "ix_event_open", "event", ["address_id"], sqlite_where=_OPEN, postgresql_where=_OPEN
    )
