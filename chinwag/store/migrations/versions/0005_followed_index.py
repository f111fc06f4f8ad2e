"""The index of words follows what is said; and two indexes hold only what is looked for in them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("search_state", sa.Column("top", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.execute("UPDATE search_state SET top = (SELECT coalesce(max(id), 0) FROM messages)")
    _only("ix_messages_thread", ["thread", "seq"], "thread IS NOT NULL")
    _only("ix_messages_pinned", ["room", "pinned_at"], "pinned_at IS NOT NULL")


def _only(name: str, columns: list[str], which: str) -> None:
    op.drop_index(name, table_name="messages")
    op.create_index(name, "messages", columns, sqlite_where=sa.text(which), postgresql_where=sa.text(which))
