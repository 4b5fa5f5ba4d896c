"""The table of the training that was asked for last."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retrain_state",
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("phase", sa.String(16), nullable=False),
        sa.Column("asked_at_us", sa.BigInteger()),
        sa.Column("started_at_us", sa.BigInteger()),
        sa.Column("ended_at_us", sa.BigInteger()),
        sa.Column("version", sa.String(128)),
        sa.Column("outcome", sa.String(16)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("row", name="pk_retrain_state"),
    )
