"""How Alembic reaches the database: over the connection it is given, inside the caller's transaction.

Run by Alembic, never imported. There is no alembic.ini: `database.migrate` sets everything.
"""

from alembic import context

from alerts.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
