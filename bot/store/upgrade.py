"""Brings a database to the newest schema with Alembic's migrations."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.store.engine import Database

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_236_141_001  # any number, the same in every process: one upgrade at a time


async def upgrade(database: Database) -> str:
    """Runs what is missing, in one transaction; returns the revision reached."""
    last = newest()
    if await database.run(revision, is_reading=True) == last:
        return last
    return await database.run(upgrade_to)


def newest() -> str:
    """The revision that this code knows."""
    return max(path.name.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("*.py"))


def revision(connection: Connection) -> str | None:
    """What the database says of itself; a new one says nothing."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def upgrade_to(connection: Connection, wanted: str = "head") -> str:
    """Runs what is missing until that revision; returns the one reached."""
    # Imported here: a start without an upgrade is quicker and smaller without Alembic.
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext

    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, wanted)
    return MigrationContext.configure(connection).get_current_revision() or ""
