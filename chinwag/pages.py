"""What a web page says of itself: its title, a text, a picture, by OpenGraph, Twitter's tags, oEmbed and `<title>`.

The pages are strangers', so only the beginning is looked at, by patterns that take time in proportion to its length.
"""

import html
import re
from urllib.parse import unquote, urljoin, urlsplit

import msgspec

from chinwag.fetch import Fetched

HEAD = 256 * 1024
TAGS = 500

_END = re.compile(rb"</head\s*>|<body[\s>]", re.IGNORECASE)
_TAG = re.compile(r"<(meta|link)\s([^<>]{1,4000})>", re.IGNORECASE)
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,2000})", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z:-]{1,40})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_CHARSET = re.compile(r"charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", re.IGNORECASE)


class Page(msgspec.Struct):
    """What is said; `image` and `oembed` are addresses."""

    title: str = ""
    text: str = ""
    site: str = ""
    image: str = ""
    oembed: str = ""


class _Embed(msgspec.Struct):
    title: str | None = None
    author_name: str | None = None
    provider_name: str | None = None
    thumbnail_url: str | None = None


def read(fetched: Fetched) -> Page:
    """What a page or a picture says of itself; nothing where it is neither."""
    kind = fetched.type.partition(";")[0].strip().lower()
    host = urlsplit(fetched.url).hostname or ""
    if kind.startswith("image/") and kind != "image/svg+xml":
        name = unquote(urlsplit(fetched.url).path.rpartition("/")[2])
        return Page(title=name or host, site=host, image=fetched.url)
    if kind not in ("text/html", "application/xhtml+xml"):
        return Page()
    return _read_html(fetched, host)


def _read_html(fetched: Fetched, host: str) -> Page:
    data = fetched.body[:HEAD]
    end = _END.search(data)
    text = _decoded(data[: end.start()] if end else data, fetched.type)
    tags, linked = _tags(text)
    title = _TITLE.search(text)

    def first(*names: str) -> str:
        return next((tags[name] for name in names if tags.get(name)), "")

    image = first("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
    return Page(
        title=first("og:title", "twitter:title") or (html.unescape(title[1]).strip() if title else ""),
        text=first("og:description", "twitter:description", "description"),
        site=first("og:site_name") or host,
        image=_joined(fetched.url, image or linked.get("image_src", "")),
        oembed=_joined(fetched.url, linked.get("oembed", "")),
    )


def read_embed(fetched: Fetched, page: Page) -> Page:
    """A page with what its oEmbed answer adds to it."""
    try:
        embed = msgspec.json.decode(fetched.body, type=_Embed)
    except msgspec.DecodeError:
        return page
    return Page(
        title=embed.title or page.title,
        text=page.text or embed.author_name or "",
        site=embed.provider_name or page.site,
        image=page.image or _joined(fetched.url, embed.thumbnail_url or ""),
    )


def _decoded(data: bytes, type: str) -> str:
    named = _CHARSET.search(type) or _CHARSET.search(data[:2_048].decode("latin-1"))
    try:
        return data.decode(named[1] if named else "utf-8", "replace")
    except (LookupError, ValueError):
        return data.decode("utf-8", "replace")


def _tags(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """The first of each `<meta>`, and the links that matter by what they are."""
    tags: dict[str, str] = {}
    linked: dict[str, str] = {}
    for found, _ in zip(_TAG.finditer(text), range(TAGS), strict=False):
        given = {name.lower(): html.unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(found[2])}
        if found[1].lower() == "meta":
            name = (given.get("property") or given.get("name") or "").lower()
            tags.setdefault(name, given.get("content", "").strip())
        elif given.get("type", "").lower() == "application/json+oembed":
            linked.setdefault("oembed", given.get("href", ""))
        elif given.get("rel", "").lower() == "image_src":
            linked.setdefault("image_src", given.get("href", ""))
    return tags, linked


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url.strip()) if url else ""
    except ValueError:
        return ""
