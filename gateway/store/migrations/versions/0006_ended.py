"""What ended, in the order in which it did: another gateway is told."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    ended = sa.text("gone IS NOT NULL")
    op.create_index("ended_fact", "facts", ["gone", "n"], sqlite_where=ended, postgresql_where=ended)
