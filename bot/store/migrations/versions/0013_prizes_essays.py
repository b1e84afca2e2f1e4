"""Prizes of a round and who claims them, essays beside attempts, wishes to be reminded."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def _to(table: str, column: str, target: str, *, goes: bool = True) -> sa.ForeignKeyConstraint:
    """A key to another table; with `goes` the row goes with what it points to."""
    name = op.f(f"fk_{table}_{column}")
    ondelete = "CASCADE" if goes else None
    return sa.ForeignKeyConstraint([column], [target], name=name, ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "contest_prize",
        sa.Column("id", _ID, nullable=False),
        sa.Column("round_id", _ID, nullable=False),
        sa.Column("attempt_id", _ID, nullable=False),
        sa.Column("prize", sa.Integer(), nullable=False),
        sa.Column("drawn_at", _TIME, nullable=False),
        _to("contest_prize", "round_id", "contest_round.id", goes=False),
        _to("contest_prize", "attempt_id", "attempt.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_prize")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_contest_prize_attempt_id")),
    )
    op.create_table(
        "prize_claim",
        sa.Column("prize_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("claimed_at", _TIME, nullable=False),
        _to("prize_claim", "prize_id", "contest_prize.id"),
        _to("prize_claim", "person_id", "person.id"),
        sa.PrimaryKeyConstraint("prize_id", name=op.f("pk_prize_claim")),
    )
    op.create_table(
        "essay",
        sa.Column("attempt_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", _TIME, nullable=False),
        _to("essay", "attempt_id", "attempt.id"),
        _to("essay", "person_id", "person.id"),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_essay")),
    )
    op.create_table(
        "round_wish",
        sa.Column("round_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        _to("round_wish", "round_id", "contest_round.id", goes=False),
        _to("round_wish", "person_id", "person.id"),
        sa.PrimaryKeyConstraint("round_id", "person_id", name=op.f("pk_round_wish")),
    )
    op.create_index("ix_contest_prize_round_id", "contest_prize", ["round_id"], unique=False)
    for table in ("prize_claim", "essay", "round_wish"):
        op.create_index(f"ix_{table}_person_id", table, ["person_id"], unique=False)
