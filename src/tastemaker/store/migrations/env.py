"""Run by Alembic for every command: migrates the connection that the caller opened."""

from alembic import context

from tastemaker.store.all_tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
