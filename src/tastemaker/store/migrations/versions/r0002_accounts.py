"""The tables of accounts, devices and reviews."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("name_key", sa.String(256), nullable=False),
        sa.Column("password_hash", sa.String(256), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("favourite_genres", sa.JSON(), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("created_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_accounts"),
        sa.UniqueConstraint("name_key", name="uq_accounts_name_key"),
    )
    _create_devices()
    _create_sign_in_failures()
    _create_reviews()


def _create_devices() -> None:
    op.create_table(
        "devices",
        sa.Column("device_id", sa.String(32), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("active_account_id", sa.String(32)),
        sa.PrimaryKeyConstraint("device_id", name="pk_devices"),
        sa.UniqueConstraint("token_hash", name="uq_devices_token_hash"),
        sa.ForeignKeyConstraint(
            ["active_account_id"],
            ["accounts.account_id"],
            name="fk_devices_active_account_id",
            ondelete="SET NULL",
        ),
    )
    op.create_table(
        "sign_ins",
        sa.Column("device_id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("signed_in_at_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "account_id", name="pk_sign_ins"),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.device_id"], name="fk_sign_ins_device_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.account_id"],
            name="fk_sign_ins_account_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_sign_ins_account_id", "sign_ins", ["account_id"])
    op.create_index("ix_sign_ins_expires_at_us", "sign_ins", ["expires_at_us"])


def _create_sign_in_failures() -> None:
    op.create_table(
        "sign_in_failures",
        sa.Column(
            "row",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(),
            nullable=False,
        ),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("row", name="pk_sign_in_failures"),
    )
    op.create_index("ix_sign_in_failures_key_at_us", "sign_in_failures", ["key", "at_us"])
    op.create_index("ix_sign_in_failures_at_us", "sign_in_failures", ["at_us"])


def _create_reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("review_id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("item_id", sa.String(256), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at_us", sa.BigInteger(), nullable=False),
        sa.Column("edited_at_us", sa.BigInteger()),
        sa.PrimaryKeyConstraint("review_id", name="pk_reviews"),
        sa.UniqueConstraint("account_id", "item_id", name="uq_reviews_account_id_item_id"),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.account_id"],
            name="fk_reviews_account_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_reviews_item_id_created_at_us_review_id",
        "reviews",
        ["item_id", "created_at_us", "review_id"],
    )


def downgrade() -> None:
    for table in ("reviews", "sign_in_failures", "sign_ins", "devices", "accounts"):
        op.drop_table(table)
