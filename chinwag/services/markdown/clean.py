"""What may stand in a message, element by element: the last word on its HTML, whatever the rules made of it."""

import re

import nh3

from chinwag.services.markdown.blocks import LANGUAGE

LINK = re.compile(r"https?://(?:[^/?#@]*@)?(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?(?:[/?#]|\Z)|mailto:.", re.IGNORECASE)

_TAGS = {"p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "span", "img"}
_TAGS |= {"table", "thead", "tbody", "tr", "th", "td"} | {f"h{level}" for level in range(1, 7)}
_VALUES = {
    ("a", "href"): LINK,  # its beginning; all others are matched whole
    ("code", "class"): LANGUAGE,
    ("ol", "start"): re.compile(r"\d{1,9}"),
    ("li", "class"): re.compile("task"),
    ("th", "align"): re.compile("left|right|center"),
    ("td", "align"): re.compile("left|right|center"),
    ("span", "class"): re.compile("mention|spoiler"),
    ("span", "data-mention"): re.compile(r"(?:user|group):\d{1,16}|here|room"),
    ("img", "class"): re.compile("emoji"),
    ("img", "src"): re.compile(r"/emoji/[0-9a-f]{64}"),
    ("img", "alt"): re.compile(r":[a-z0-9_+-]{1,64}:"),
}


def _attribute(tag: str, name: str, value: str) -> str | None:
    """The value, if it is one that the rules make."""
    if name in ("rel", "target"):  # the cleaner's own
        return value
    pattern = _VALUES[tag, name]
    found = pattern.match(value) if name == "href" else pattern.fullmatch(value)
    return value if found else None


clean = nh3.Cleaner(
    tags=_TAGS,
    attributes={"*": set(), **{tag: {name for of, name in _VALUES if of == tag} for tag, _ in _VALUES}},
    attribute_filter=_attribute,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer nofollow ugc",
    set_tag_attribute_values={"a": {"target": "_blank"}},
    url_relative="pass_through",  # of pictures; a link is held to be whole by its pattern
).clean
"""The HTML with all that may not stand in it left out. Nothing rewrites HTML after this."""
