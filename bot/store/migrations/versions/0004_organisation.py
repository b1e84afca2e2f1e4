"""The organisation: units and their past, offices, invitations, codes, the audit trail."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _make_units()
    _make_offices()
    _make_codes()
    _make_audit_trail()
    op.add_column("delivery", sa.Column("besides", sa.String(length=16), nullable=True))


def _make_units() -> None:
    op.create_table(
        "unit",
        sa.Column("id", _ID, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("parent_id", _ID, nullable=True),
        sa.Column("goes_to_id", _ID, nullable=True),
        sa.Column("is_foreign_invested", sa.Boolean(), nullable=True),
        sa.Column("sector", sa.String(length=80), nullable=True),
        sa.Column("headcount", sa.Integer(), nullable=True),
        sa.Column("office_address", sa.String(length=300), nullable=True),
        sa.Column("office_hours", sa.String(length=300), nullable=True),
        sa.Column("office_line", sa.String(length=300), nullable=True),
        sa.Column("made_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["goes_to_id"], ["unit.id"], name=op.f("fk_unit_goes_to_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_unit_parent_id"), "unit", ["parent_id"], unique=False)
    op.create_table(
        "unit_past",
        sa.Column("id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("parent_id", _ID, nullable=True),
        sa.Column("goes_to_id", _ID, nullable=True),
        sa.Column("is_foreign_invested", sa.Boolean(), nullable=True),
        sa.Column("sector", sa.String(length=80), nullable=True),
        sa.Column("headcount", sa.Integer(), nullable=True),
        sa.Column("office_address", sa.String(length=300), nullable=True),
        sa.Column("office_hours", sa.String(length=300), nullable=True),
        sa.Column("office_line", sa.String(length=300), nullable=True),
        sa.Column("until", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["goes_to_id"], ["unit.id"], name=op.f("fk_unit_past_goes_to_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_past_parent_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_past_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_past")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_unit_past_unit_id_until"), "unit_past", ["unit_id", "until"], unique=False
    )
    op.create_table(
        "unit_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_count_unit_id")),
        sa.PrimaryKeyConstraint("day", "unit_id", name=op.f("pk_unit_count")),
    )
    _put_people_in_units()


def _put_people_in_units() -> None:
    op.add_column("person", sa.Column("preferred_channel", sa.String(length=16), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        # In place: to make the table anew would drop the old one, and with it all that hangs on it.
        op.execute(
            "ALTER TABLE person ADD COLUMN unit_id INTEGER"
            " CONSTRAINT fk_person_unit_id REFERENCES unit (id)"
        )
    else:
        op.add_column("person", sa.Column("unit_id", _ID, nullable=True))
        op.create_foreign_key(op.f("fk_person_unit_id"), "person", "unit", ["unit_id"], ["id"])
    op.create_index(op.f("ix_person_unit_id"), "person", ["unit_id"], unique=False)


def _make_offices() -> None:
    connection = op.get_bind()
    old = connection.execute(sa.text("SELECT person_id, role, unit FROM officer")).all()
    op.drop_table("officer")
    op.create_table(
        "officer",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("unit_id", _ID, nullable=True),
        sa.Column("topic", sa.String(length=40), server_default=sa.text("''"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_officer_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_officer_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer")),
        sa.UniqueConstraint(
            "person_id",
            "role",
            "unit_id",
            "topic",
            name=op.f("uq_officer_person_id_role_unit_id_topic"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_officer_unit_id"), "officer", ["unit_id"], unique=False)
    for row in old:
        _keep_office(connection, row.person_id, row.role, row.unit)
    op.create_table(
        "deputy",
        sa.Column("officer_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officer.id"], name=op.f("fk_deputy_officer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_deputy_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_deputy")),
    )
    op.create_index(op.f("ix_deputy_person_id"), "deputy", ["person_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", _ID, nullable=True),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by"], ["officer.id"], name=op.f("fk_invitation_made_by"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_invitation_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_invitation_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("key", name=op.f("uq_invitation_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_invitation_made_by"), "invitation", ["made_by"], unique=False)
    op.create_index(op.f("ix_invitation_person_id"), "invitation", ["person_id"], unique=False)
    op.create_table(
        "file_ticket",
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_file_ticket_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_file_ticket")),
    )
    op.create_index(op.f("ix_file_ticket_person_id"), "file_ticket", ["person_id"], unique=False)


def _keep_office(connection: sa.Connection, person_id: int, role: str, code: str) -> None:
    """No unit meant the top, which is filled in at the start; a unit of that code is filled then.

    Until it is it stands beside the tree, so that nobody's office becomes larger.
    """
    found = sa.text("SELECT id FROM unit WHERE code = :code")
    unit_id = connection.execute(found, {"code": code}).scalar_one_or_none() if code else None
    if code and unit_id is None:
        made = sa.text(
            "INSERT INTO unit (code, title, kind, made_at) VALUES (:code, :code, '', :now)"
            " RETURNING id"
        ).bindparams(sa.bindparam("now", type_=_TIME))
        unit_id = connection.execute(made, {"code": code, "now": datetime.now(UTC)}).scalar_one()
    added = sa.text("INSERT INTO officer (person_id, role, unit_id) VALUES (:who, :role, :unit)")
    connection.execute(added, {"who": person_id, "role": role, "unit": unit_id})


def _make_codes() -> None:
    op.create_table(
        "link_code",
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_link_code_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_link_code")),
        sa.UniqueConstraint("key", name=op.f("uq_link_code_key")),
    )
    op.create_table(
        "wrong_code",
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_wrong_code_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_wrong_code")),
    )
    op.create_table(
        "channel_link",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("url", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_link")),
    )


def _make_audit_trail() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("verb", sa.String(length=24), nullable=False),
        sa.Column("object", sa.String(length=80), nullable=False),
        sa.Column("officer", _ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sqlite_autoincrement=True,
    )
    refused = "the audit trail is only added to"
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_entry_no_{verb.lower()} BEFORE {verb} ON audit_entry"
                f" BEGIN SELECT RAISE(ABORT, '{refused}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{refused}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entry_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
    )
