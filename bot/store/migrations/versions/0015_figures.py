"""Daily figures, activity of units, reports made; when a message arrived."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "closed_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("closed_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_closed_day")),
    )
    op.create_table(
        "day_figure",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=64), server_default=sa.text("''"), nullable=False),
        sa.Column("topic", sa.String(length=40), server_default=sa.text("''"), nullable=False),
        sa.Column("language", sa.String(length=16), server_default=sa.text("''"), nullable=False),
        sa.Column("channel", sa.String(length=16), server_default=sa.text("''"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day", "kind", "subject", "topic", "language", "channel", name=op.f("pk_day_figure")
        ),
    )
    op.create_table(
        "plan_notice",
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("queued_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("about", name=op.f("pk_plan_notice")),
    )
    op.create_table(
        "plan_report",
        sa.Column("id", _ID, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("officer", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_report")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_plan_report_code"), "plan_report", ["code"], unique=False)
    op.create_table(
        "unit_figure",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("topic", sa.String(length=40), server_default=sa.text("''"), nullable=False),
        sa.Column("unit_id", _ID, autoincrement=False, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "kind", "topic", "unit_id", name=op.f("pk_unit_figure")),
    )
    op.create_table(
        "activity",
        sa.Column("id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("officer", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_activity_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_activity_recorded_on"), "activity", ["recorded_on"], unique=False)
    op.create_index(
        op.f("ix_activity_unit_id_recorded_on"),
        "activity",
        ["unit_id", "recorded_on"],
        unique=False,
    )
    op.add_column("delivery", sa.Column("topic", sa.String(length=40), nullable=True))
    op.add_column("delivery", sa.Column("channel", sa.String(length=16), nullable=True))
    op.add_column("delivery", sa.Column("arrived", sa.Integer(), nullable=True))
    op.add_column("person", sa.Column("reached_on", sa.Date(), nullable=True))
    op.add_column("recipient", sa.Column("arrived", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_delivery_arrived"), "delivery", ["arrived"], unique=False)
