"""What all tables share: the names of their constraints, numbers and times."""

from __future__ import annotations

from sqlalchemy import BigInteger, DateTime, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# SQLite counts rows by INTEGER only; PostgreSQL needs 64 bits for a federation of millions.
Id = BigInteger().with_variant(Integer(), "sqlite")
Time = DateTime(timezone=True)
