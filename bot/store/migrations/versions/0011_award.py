"""Works registered for the award, wishes to be reminded of it, reminders that were queued."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "work",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=True),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("edition", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=24), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("done", sa.String(length=1000), server_default=sa.text("''"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("consent_version", sa.String(length=32), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.Column("forget_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_work_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_work_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work")),
        sa.UniqueConstraint("code", name=op.f("uq_work_code")),
        sqlite_autoincrement=True,
    )
    for column in ("person_id", "edition", "forget_on"):
        op.create_index(f"ix_work_{column}", "work", [column], unique=False)
    op.create_table(
        "award_wish",
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_award_wish_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_award_wish")),
    )
    op.create_table(
        "award_reminder",
        sa.Column("edition", sa.String(length=40), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("queued_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint(
            "edition", "deadline", "days_before", name=op.f("pk_award_reminder")
        ),
    )
