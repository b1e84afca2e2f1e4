"""Pictures of messages, and who was asked to approve them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "picture",
        sa.Column("file", sa.String(length=80), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("file", name=op.f("pk_picture")),
    )
    op.add_column("campaign", sa.Column("picture", sa.String(length=80), nullable=True))
    op.add_column("delivery", sa.Column("only_address_id", _ID, nullable=True))
    op.create_table(
        "approval_request",
        sa.Column("id", _ID, nullable=False),
        sa.Column("campaign_id", _ID, nullable=False),
        sa.Column("officer_id", _ID, nullable=False),
        sa.Column("delivery_id", _ID, nullable=True),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("is_reminder", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_approval_request_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officer.id"],
            name=op.f("fk_approval_request_officer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery.id"],
            name=op.f("fk_approval_request_delivery_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_request")),
        sqlite_autoincrement=True,
    )
    for column in ("campaign_id", "officer_id", "delivery_id"):
        name = f"ix_approval_request_{column}"
        op.create_index(name, "approval_request", [column], unique=False)
