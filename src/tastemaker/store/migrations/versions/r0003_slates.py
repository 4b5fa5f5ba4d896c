"""The tables of slates, of genres told and of account pictures."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_stored_slates()
    _create_shown_slates()
    _create_slate_feedback()
    op.create_table(
        "user_genres",
        sa.Column("user_id", sa.String(256), nullable=False),
        sa.Column("genres", sa.JSON(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_user_genres"),
    )
    op.create_table(
        "account_pictures",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("changed_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_account_pictures"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.account_id"],
            name="fk_account_pictures_account_id",
            ondelete="CASCADE",
        ),
    )


def _create_stored_slates() -> None:
    op.create_table(
        "stored_slates",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("owner_id", sa.String(256), nullable=False),
        sa.Column("variant", sa.String(128), nullable=False),
        sa.Column("model_version", sa.String(128), nullable=False),
        sa.Column("made_at_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_us", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "owner_id", "variant", name="pk_stored_slates"),
    )
    op.create_index("ix_stored_slates_made_at_us", "stored_slates", ["made_at_us"])
    op.create_index("ix_stored_slates_expires_at_us", "stored_slates", ["expires_at_us"])


def _create_shown_slates() -> None:
    op.create_table(
        "shown_slates",
        sa.Column("session_id", sa.String(256), nullable=False),
        sa.Column("user_id", sa.String(256), nullable=False),
        sa.Column("experiment", sa.String(128)),
        sa.Column("variant", sa.String(128), nullable=False),
        sa.Column("model_version", sa.String(128), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("item_ids", sa.JSON(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", name="pk_shown_slates"),
    )
    op.create_index("ix_shown_slates_at_us", "shown_slates", ["at_us"])
    op.create_index("ix_shown_slates_experiment_at_us", "shown_slates", ["experiment", "at_us"])


def _create_slate_feedback() -> None:
    op.create_table(
        "slate_feedback",
        sa.Column("event_id", sa.String(256), nullable=False),
        sa.Column("session_id", sa.String(256), nullable=False),
        sa.Column("item_id", sa.String(256), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_slate_feedback"),
    )
    op.create_index("ix_slate_feedback_session_id", "slate_feedback", ["session_id"])
    op.create_index("ix_slate_feedback_at_us", "slate_feedback", ["at_us"])
