"""Alarms about records that contradict themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table("alarms", *(sa.Column(name, TEXT, primary_key=name in ("person", "code"), nullable=False)
                                for name in ("person", "code", "since", "last")))
