"""Scheduled messages know how they will look."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("scheduled", sa.Column("html", sa.Text(), server_default=sa.text("''"), nullable=False))
