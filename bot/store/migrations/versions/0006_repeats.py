"""Campaigns that are repeated: the rule, when it began, and a number for all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("campaign", sa.Column("repeat", sa.String(length=240), nullable=True))
    op.add_column("campaign", sa.Column("began_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("campaign", sa.Column("series_id", _ID, nullable=True))
    op.create_index("ix_campaign_series_id_at", "campaign", ["series_id", "at"], unique=True)
