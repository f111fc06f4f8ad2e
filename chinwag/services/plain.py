"""A message in plain words, as a line outside of the page shows it."""

from html.parser import HTMLParser

HIDDEN = "▒▒▒▒"


def words(html: str, most: int) -> str:
    """The text of a message's HTML on one line of so many characters: what is hidden stays hidden, and pictures go by
    their names."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    text = " ".join("".join(reader.said).split())
    return text if len(text) <= most else text[: most - 1] + "…"


class _Reader(HTMLParser):
    """Gathers text; `_spoiler` is how many open elements deep it is in one."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._spoiler = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("img", "br", "hr", "input"):
            self._say(given.get("alt") or " ")
        elif self._spoiler:
            self._spoiler += 1
        elif "spoiler" in (given.get("class") or "").split():
            self._say(HIDDEN)
            self._spoiler = 1

    def handle_endtag(self, tag: str) -> None:
        if self._spoiler:
            self._spoiler -= 1
        elif tag not in ("a", "b", "code", "del", "em", "i", "s", "span", "strong"):
            self._say(" ")

    def handle_data(self, data: str) -> None:
        self._say(data)

    def _say(self, text: str) -> None:
        if not self._spoiler:
            self.said.append(text)
