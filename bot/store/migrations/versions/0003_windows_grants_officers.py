"""Contact windows, rotating tokens, what platforms let us use, and officers."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "contact_window",
        sa.Column("address_id", _ID, nullable=False),
        sa.Column("contacted_at", _TIME, nullable=True),
        sa.Column("left_at", _TIME, nullable=True),
        sa.Column("welcome_left", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["address_id"],
            ["address.id"],
            name=op.f("fk_contact_window_address_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("address_id", name=op.f("pk_contact_window")),
    )
    op.create_table(
        "platform_grant",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("seed", sa.LargeBinary(length=16), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("refresh", sa.LargeBinary(), nullable=False),
        sa.Column("access", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", _TIME, nullable=True),
        sa.Column("held_by", sa.String(length=40), nullable=True),
        sa.Column("lease_until", _TIME, nullable=True),
        sa.Column("dead_since", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_platform_grant")),
    )
    op.create_table(
        "platform_use",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "period", "what", name=op.f("pk_platform_use")),
    )
    op.create_table(
        "officer",
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_officer_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "role", "unit", name=op.f("pk_officer")),
    )
    with op.batch_alter_table("media_handle", schema=None) as batch_op:
        batch_op.add_column(sa.Column("expires_at", _TIME, nullable=True))
