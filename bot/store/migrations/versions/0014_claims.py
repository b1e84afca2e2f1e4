"""Claims that people doubt, their reports, and what is told to reporters."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "claim",
        sa.Column("id", _ID, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("harm", sa.String(length=8), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("shown_from", _TIME, nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("warned_at", _TIME, nullable=True),
        sa.Column("looked_at", _TIME, nullable=True),
        sa.Column("closed_at", _TIME, nullable=True),
        sa.Column("office", _ID, nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.Column("revision", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("draft", sa.LargeBinary(), nullable=True),
        sa.Column("draft_by", _ID, nullable=True),
        sa.Column("slug", sa.String(length=60), nullable=True),
        sa.Column("was", sa.String(length=16), nullable=True),
        sa.Column("goes_to_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(["goes_to_id"], ["claim.id"], name=op.f("fk_claim_goes_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("slug", name=op.f("uq_claim_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_claim_state_due_at"), "claim", ["state", "due_at"], unique=False)
    op.create_table(
        "report_count",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "channel", "what", name=op.f("pk_report_count")),
    )
    op.create_table(
        "report_time",
        sa.Column("id", _ID, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("looked", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.Integer(), nullable=False),
        sa.Column("is_correction", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_time")),
    )
    op.create_index(op.f("ix_report_time_month"), "report_time", ["month"], unique=False)
    op.create_table(
        "report",
        sa.Column("id", _ID, nullable=False),
        sa.Column("claim_id", _ID, nullable=False),
        sa.Column("code_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person_key", sa.LargeBinary(length=16), nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("under", sa.String(length=7), nullable=True),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("statement", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=True),
        sa.Column("warned_at", _TIME, nullable=True),
        sa.Column("told", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_report_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("code_key", name=op.f("uq_report_code_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_report_claim_id"), "report", ["claim_id"], unique=False)
    op.create_index(op.f("ix_report_expires_at"), "report", ["expires_at"], unique=False)
    op.create_index(op.f("ix_report_person_key"), "report", ["person_key"], unique=False)
    op.create_table(
        "claim_mark",
        sa.Column("id", _ID, nullable=False),
        sa.Column("claim_id", _ID, nullable=False),
        sa.Column("report_id", _ID, nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_claim_mark_claim_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_claim_mark_report_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_mark")),
    )
    op.create_index(op.f("ix_claim_mark_claim_id"), "claim_mark", ["claim_id"], unique=False)
    op.create_index(op.f("ix_claim_mark_report_id"), "claim_mark", ["report_id"], unique=False)
    op.create_index(op.f("ix_claim_mark_value"), "claim_mark", ["value"], unique=False)
    op.create_table(
        "intake",
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_intake_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_intake")),
    )
    op.create_table(
        "report_message",
        sa.Column("id", _ID, nullable=False),
        sa.Column("report_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("not_before", _TIME, nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("held_by", sa.String(length=40), nullable=True),
        sa.Column("lease_until", _TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["report.id"],
            name=op.f("fk_report_message_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_message")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_report_message_report_id"), "report_message", ["report_id"], unique=False
    )
    op.create_index(
        "ix_report_message_ripe",
        "report_message",
        ["not_before"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
