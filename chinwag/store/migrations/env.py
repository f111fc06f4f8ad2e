"""How Alembic reaches the database: over the connection that `migrate.py` holds, in its transaction."""

from alembic import context

from chinwag.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
