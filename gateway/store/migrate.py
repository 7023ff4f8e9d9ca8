"""Schema upgrades by alembic, inside the transaction that opens the store."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from gateway.errors import ConfigError, Issue, Severity

FOLDER = Path(__file__).parent / "migrations"


def upgrade(conn: sa.Connection, to: str = "head") -> None:
    """Run the migrations that are missing. A failure leaves the schema as it was.

    Raises ConfigError where the schema is at a version that is not among them.
    """
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = conn
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    at = MigrationContext.configure(conn).get_current_revision()
    if at is not None and at not in known:
        raise ConfigError(Issue("store-newer", Severity.fatal, "The database was made by another version of the "
                                f"gateway (schema {at}); nothing was opened or changed.", "data/gateway.db",
                                "Install the version that made it, or a newer one; or restore an older backup."))
    command.upgrade(config, to)
