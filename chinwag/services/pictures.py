"""The pictures of emoji of the workspace's own that a message names."""

from chinwag.services.markdown import Pictures, emoji_names
from chinwag.store import emoji
from chinwag.store.tx import Tx


def named_in(tx: Tx, body: str) -> Pictures:
    """Where the pictures are, by name. Names that the workspace has no picture of are left out."""
    names = emoji_names(body)
    return {one.name: one.url for one in emoji.page_named(tx, names)} if names else {}
