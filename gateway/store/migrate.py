"""Schema upgrades by alembic, inside the transaction that opens the store."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

FOLDER = Path(__file__).parent / "migrations"


def upgrade(conn: sa.Connection, to: str = "head") -> None:
    """Run the migrations that are missing. A failure leaves the schema as it was."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = conn
    command.upgrade(config, to)
