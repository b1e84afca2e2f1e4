"""The contest: rounds with their frozen banks, and attempts."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "contest_round",
        sa.Column("id", _ID, nullable=False),
        sa.Column("contest", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("opens_at", _TIME, nullable=False),
        sa.Column("closes_at", _TIME, nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("voided", sa.String(length=2000), server_default=sa.text("''"), nullable=False),
        sa.Column("perfect", sa.Integer(), nullable=True),
        sa.Column("closed_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_round")),
        sa.UniqueConstraint("contest", "label", name=op.f("uq_contest_round_contest_label")),
    )
    op.create_index("ix_contest_round_state", "contest_round", ["state"], unique=False)
    op.create_table(
        "attempt",
        sa.Column("id", _ID, nullable=False),
        sa.Column("round_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("league", sa.String(length=40), server_default=sa.text("''"), nullable=False),
        sa.Column("unit_id", _ID, nullable=True),
        sa.Column("drawn", sa.LargeBinary(), nullable=False),
        sa.Column("answers", sa.String(length=100), nullable=False),
        sa.Column("seconds", sa.LargeBinary(), nullable=False),
        sa.Column("prediction", sa.Integer(), nullable=True),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("ends_at", _TIME, nullable=False),
        sa.Column("last_at", _TIME, nullable=False),
        sa.Column("handed_at", _TIME, nullable=True),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("gap", sa.Integer(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("counts", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["contest_round.id"], name=op.f("fk_attempt_round_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_attempt_person_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("code", name=op.f("uq_attempt_code")),
        sa.UniqueConstraint(
            "round_id", "person_id", "number", name=op.f("uq_attempt_round_id_person_id_number")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_attempt_person_id", "attempt", ["person_id"], unique=False)
    op.create_index(
        "ix_attempt_running",
        "attempt",
        ["ends_at"],
        unique=False,
        sqlite_where=sa.text("handed_at IS NULL"),
        postgresql_where=sa.text("handed_at IS NULL"),
    )
