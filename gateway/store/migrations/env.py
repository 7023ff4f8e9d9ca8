"""How alembic reaches the store: by the connection that `migrate.upgrade` hands over."""

from alembic import context

from gateway.store.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA,
                  transaction_per_migration=False)
context.run_migrations()
