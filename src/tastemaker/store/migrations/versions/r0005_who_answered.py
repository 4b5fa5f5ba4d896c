"""Who answered a slate, unknown of the answers that are there already."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("slate_feedback", sa.Column("user_id", sa.String(256)))
    op.create_index("ix_slate_feedback_user_id", "slate_feedback", ["user_id"])
