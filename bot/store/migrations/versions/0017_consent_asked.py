"""Which text of consent somebody was last asked about, so that each is asked about once."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("person", sa.Column("consent_asked", sa.String(length=32), nullable=True))
