"""Whether an error is the database's own: it is locked, full, restarted, or gone."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as NoConnection

_OF_DATABASE = (DBAPIError, NoConnection, sqlite3.OperationalError)
_OURS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)


def outage_of(error: BaseException) -> str:
    """What the database says, in a line for the operator; empty where the fault is another."""
    if not isinstance(error, _OF_DATABASE) or isinstance(error, _OURS):
        return outage_of(error.__cause__) if error.__cause__ is not None else ""
    told: BaseException = error
    if isinstance(error, DBAPIError) and error.orig is not None:
        told = error.orig
    told = told.__cause__ or told  # asyncpg's own is behind SQLAlchemy's
    if isinstance(told, OSError):
        return f"{type(told).__name__}: {told.strerror}"
    if getattr(told, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
        return ""  # a wrong statement or a missing table, which will not heal
    # Others than these may quote what somebody wrote.
    return f"{type(told).__name__}: {told}" if isinstance(told, sqlite3.Error) else _name(told)


def _name(error: BaseException) -> str:
    return type(error).__name__
