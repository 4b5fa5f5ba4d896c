"""The table of events."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "interactions",
        sa.Column(
            "row",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(),
            nullable=False,
        ),
        sa.Column("event_id", sa.String(256), nullable=False),
        sa.Column("user_id", sa.String(256), nullable=False),
        sa.Column("item_id", sa.String(256), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("value", sa.Double()),
        sa.Column("price", sa.Double()),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.String(256)),
        sa.PrimaryKeyConstraint("row", name="pk_interactions"),
        sa.UniqueConstraint("event_id", name="uq_interactions_event_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_interactions_user_id_at_us_row", "interactions", ["user_id", "at_us", "row"]
    )


def downgrade() -> None:
    op.drop_table("interactions")
