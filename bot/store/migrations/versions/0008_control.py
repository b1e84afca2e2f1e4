"""Corrections, numbers of what was sent, tallies by unit, messages that follow a campaign."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("recipient", sa.Column("message_number", sa.Integer(), nullable=True))
    op.add_column("campaign", sa.Column("corrects", sa.BigInteger(), nullable=True))
    op.add_column(
        "campaign",
        sa.Column("manner", sa.String(length=8), server_default=sa.text("'send'"), nullable=False),
    )
    op.create_table(
        "unit_tally",
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_unit_tally_campaign_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "unit_id", "state", name=op.f("pk_unit_tally")),
    )
    op.create_table(
        "status_message",
        sa.Column("address_id", _ID, nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("next_at", _TIME, nullable=False),
        sa.Column("shown", sa.LargeBinary(), nullable=True),
        sa.Column("measured_at", _TIME, nullable=False),
        sa.Column("measured", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["address_id"],
            ["address.id"],
            name=op.f("fk_status_message_address_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_status_message_campaign_id")
        ),
        sa.PrimaryKeyConstraint("address_id", "campaign_id", name=op.f("pk_status_message")),
    )
    op.create_index("ix_status_message_next_at", "status_message", ["next_at"], unique=False)
