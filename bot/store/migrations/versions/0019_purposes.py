"""Practice and a contest are agreed to by themselves, no longer together with messages.

Who agreed to the text that told of practice has agreed to it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("person", sa.Column("practice_version", sa.String(32)))
    op.add_column("person", sa.Column("practice_at", sa.DateTime(timezone=True)))
    op.add_column("attempt", sa.Column("consent_version", sa.String(32)))
    op.execute(
        "UPDATE person SET practice_version = consent_version, practice_at = consent_at "
        "WHERE consent_version = '2026-11-29'"
    )
