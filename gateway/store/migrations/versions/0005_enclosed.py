"""Which messages hold which documents."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    numbers = (sa.Column(name, NUMBER, sa.ForeignKey("units.n", name=f"fk_enclosed_{name}"), primary_key=True,
                         nullable=False, autoincrement=False) for name in ("unit", "holder"))
    op.create_table("enclosed", *numbers, sa.Column("merged", TEXT, primary_key=True, nullable=False),
                    sqlite_with_rowid=False)
    op.create_index("ix_enclosed_holder", "enclosed", ["holder"])
    op.create_index("ix_enclosed_merged", "enclosed", ["merged"])
