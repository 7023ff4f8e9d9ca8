"""A directory entry is found without reading each time that it was said; views are made in memory, never stored."""

from alembic import op

revision = "0002"
down_revision = "0001"

_NAME, _COLUMNS = "ix_facts_merged_id_asserted_gone", ["merged", "id", "asserted", "gone"]


def upgrade() -> None:
    op.drop_index("ix_facts_merged", "facts")
    op.create_index(_NAME, "facts", _COLUMNS)
    for cache in ("heads", "views"):
        op.drop_table(cache)
