"""Run by Alembic for every command: migrates the connection that the caller opened."""

from alembic import context

from tastemaker.store.interaction_table import interactions

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=interactions.metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
