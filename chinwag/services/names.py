"""What people may type as names, addresses, topics and messages, and when two names look the same.

Every `clean_` function returns the form to keep, is idempotent, and raises `Invalid` or `TooLarge` blaming `field`.
Lengths are counted in code points. The module knows nothing of who is asking or of what is taken already.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

from chinwag.errors import Invalid, TooLarge

NAME_MOST = 64
HANDLE_MOST = 32
SLUG_MOST = 64
TOPIC_MOST = 250
EMAIL_MOST = 254
BODY_MOST = 8_000
FILE_NAME_MOST = 120

_MARKS_MOST = 4
"""Marks on one letter: Hebrew and Vietnamese need three, "zalgo" starts above."""

_SYMBOL = r"[\xa9\xae\u203c\u2049\u2190-\u27bf\u2900-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
_PICTURE = rf"{_SYMBOL}\ufe0f?[\U0001f3fb-\U0001f3ff]?"
_EMOJI = re.compile(
    "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f"  # flags of regions
    f"|{_PICTURE}(?:\u200d{_PICTURE})*"  # families, professions, flags of colours
    "|[0-9#*]\ufe0f?\u20e3"  # keycaps
)

_MARK = re.compile(f"[\U0001f1e6-\U0001f1ff]{{2}}|{_EMOJI.pattern}")
_OWN_MARK = re.compile(":[a-z0-9_+-]{1,32}:")

# Letters and marks that show nothing, which their category does not tell: fillers, joiners and variation selectors.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U0001d159\U000e0100-\U000e01ef]"
)
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BROKEN = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x01-\x08\x0b-\x1f\x7f-\x9f]")

_HANDLE = re.compile(r"[a-z0-9][a-z0-9._-]*")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")


def clean_name(text: str, *, field: str = "name") -> str:
    """The name of a person or a room: NFKC, white space trimmed and folded, 1 to 64 characters.

    Refused: control, bidi, private and invisible characters (but within emoji), marks without a letter or more than
    four on one.
    """
    name = _folded(unicodedata.normalize("NFKC", _whole(text, field)))
    if not name:
        raise Invalid(field, "This must not be empty.")
    if len(name) > NAME_MOST:
        raise TooLarge(f"This must have at most {NAME_MOST} characters.", field=field)
    _refuse_unseen(name, field)
    _refuse_stray_marks(name, field)
    return name


def clean_handle(text: str, *, field: str = "handle") -> str:
    """A handle in lower case: 1 to 32 of a-z, 0-9, ".", "_", "-", the first a letter or digit."""
    handle = text.strip().lower()
    if len(handle) > HANDLE_MOST:
        raise TooLarge(f"This must have at most {HANDLE_MOST} characters.", field=field)
    if not _HANDLE.fullmatch(handle):
        rule = 'A handle is made of a-z, 0-9, ".", "_" and "-"; its first is a letter or digit.'
        raise Invalid(field, rule)
    return handle


def handle_from(name: str) -> str:
    """A handle to suggest for a name: its ASCII letters and digits, else "user". It may be taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", ".", plain).strip(".")[:HANDLE_MOST].rstrip(".") or "user"


def clean_slug(text: str, *, field: str = "slug") -> str:
    """A room's address: 1 to 64 lower-case letters and digits of any script, with single hyphens between."""
    slug = _lower(_whole(text, field).strip())
    if len(slug) > SLUG_MOST:
        raise TooLarge(f"This must have at most {SLUG_MOST} characters.", field=field)
    if not slug or slug != _hyphened(slug):
        raise Invalid(field, "An address is made of small letters and digits, with single hyphens between them.")
    _refuse_stray_marks(slug, field)
    return slug


def slug_from(name: str) -> str:
    """A slug to suggest for a cleaned name, else "room". It may be taken."""
    return _hyphened(_lower(name))[:SLUG_MOST].strip("-") or "room"


def clean_line(text: str, most: int = TOPIC_MOST, *, field: str = "topic") -> str:
    """A line of free text such as a topic: NFC, white space trimmed and folded, at most `most` characters, or empty.

    Control and bidi characters are refused; joiners, which some scripts need, are not.
    """
    line = _folded(unicodedata.normalize("NFC", _whole(text, field)))
    if len(line) > most:
        raise TooLarge(f"This must have at most {most} characters.", field=field)
    if _CONTROL.search(line) or _BIDI.search(line):
        raise Invalid(field, "This has control characters in it.")
    return line


def clean_file_name(text: str) -> str:
    """A file's name to show and to save by: never refused, but without folders and what cannot be seen, and
    120 characters at most, of which the ending is kept."""
    whole = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    line = _folded(re.split(r"[/\\]", whole)[-1])
    line = "".join(one for one in line if unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co", "Cn")).strip(". ")
    stem, dot, ending = line.rpartition(".")
    if len(line) > FILE_NAME_MOST:
        dot, ending = (dot, ending) if len(ending) <= 16 and stem else ("", "")
        line = (stem or line)[: FILE_NAME_MOST - len(dot + ending)] + dot + ending
    return line or "file"


def clean_zone(text: str, *, field: str = "zone") -> str:
    """A time zone of the IANA database, such as `Europe/Vienna`, or nothing."""
    if text and text not in _zones():
        raise Invalid(field, "This is not a time zone, such as Europe/Vienna.")
    return text


def clean_email(text: str, *, field: str = "email") -> str:
    """An e-mail address to keep and write to: its domain in lower case and ASCII (IDNA), at most 254 characters.

    Two addresses are the same person's when their `email_key` is.
    """
    local, _, domain = _whole(text, field).strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode().lower()
    except UnicodeError:
        domain = ""
    if not _LOCAL.fullmatch(local) or len(local) > 64 or not _DOMAIN.fullmatch(domain):
        raise Invalid(field, "This is not an e-mail address.")
    if len(local) + 1 + len(domain) > EMAIL_MOST:
        raise TooLarge(f"This must have at most {EMAIL_MOST} characters.", field=field)
    return f"{local}@{domain}"


def email_key(email: str) -> str:
    """What a cleaned address is compared by: no mail service in use tells upper from lower case."""
    return email.lower()


def clean_body(text: str, *, field: str = "body", may_be_empty: bool = False) -> str:
    """What somebody says, kept as it was sent, but that "\r\n" becomes "\n": at most 8,000 characters, not blank.

    NUL and lone surrogates are refused. Control characters are not shown, and bidi controls end with the message: the
    client isolates each body.
    """
    body = _written(text, field)
    if len(body) > BODY_MOST:
        raise TooLarge(f"A message must have at most {BODY_MOST:,} characters.", field=field)
    if all(character.isspace() or _is_unseen(character) for character in body):
        if may_be_empty:
            return ""
        raise Invalid(field, "A message must not be empty.")
    return body


def _written(text: str, field: str) -> str:
    return _whole(text, field).replace("\r\n", "\n")


@cache
def _zones() -> set[str]:
    return available_timezones()


def clean_draft(text: str, *, field: str = "body") -> str:
    """What somebody has begun to say, as they left it; at most 8,000 characters."""
    draft = _written(text, field)
    if len(draft) > BODY_MOST:
        raise TooLarge(f"A draft must have at most {BODY_MOST:,} characters.", field=field)
    return draft


def clean_mark(text: str, *, field: str = "emoji") -> str:
    """One emoji, or `:name:` of one of the workspace's own, or nothing."""
    mark = text.strip()
    if mark and not (_MARK.fullmatch(mark) or _OWN_MARK.fullmatch(mark)):
        raise Invalid(field, "This must be one emoji.")
    return mark


def skeleton(text: str) -> str:
    """A key that is equal for names that look alike or differ in case only; never shown to anyone.

    A text that looks like ASCII as it is written is compared as that ASCII ("Νick" with a Greek capital nu is "nick");
    any other is case-folded first, then compared by its look (UTS #39, Unicode 17). As a capital "I" looks like a small
    "l", all of "i", "l", "1" and "|" are one. It misses that Greek names whose letters all
    look Latin may differ in case only.
    """
    look = _look(text)
    if not all(character.isascii() or unicodedata.combining(character) for character in look):
        look = _look(unicodedata.normalize("NFKD", text).casefold())
    return look


def _look(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    seen = "".join(character for character in plain if not _is_unseen(character))
    return unicodedata.normalize("NFKD", seen.translate(_looks()))


@cache
def _looks() -> dict[int, str]:
    """What each confusable character looks like. Read when first needed: 2,800 characters, about two milliseconds."""
    looks = {}
    for line in Path(__file__).with_name("confusables.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            look, _, characters = line.partition(" ")
            looks.update(dict.fromkeys(map(ord, characters), look))
    return looks


def _whole(text: str, field: str) -> str:
    if _BROKEN.search(text):
        raise Invalid(field, "This has characters in it that are no text.")
    return text


def _folded(text: str) -> str:
    return re.sub("[ \t\r\n\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+", " ", text).strip(" ")


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf"} or _BLANK.match(character) is not None


def _refuse_unseen(name: str, field: str) -> None:
    rest = _EMOJI.sub("", name)
    if any(_is_unseen(character) or unicodedata.category(character) == "Co" for character in rest):
        raise Invalid(field, "This has characters in it that cannot be seen.")


def _refuse_stray_marks(text: str, field: str) -> None:
    run = 0
    for character in _EMOJI.sub("", unicodedata.normalize("NFD", text)):
        run = run + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if run > _MARKS_MOST:
            raise Invalid(field, "This has too many marks on one letter.")
    if unicodedata.category(text[0])[0] == "M":
        raise Invalid(field, "This must not begin with a mark that belongs on a letter.")


def _lower(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())


def _hyphened(text: str) -> str:
    """Letters, digits and the marks on them; a hyphen for each run of anything else, none at the ends."""
    kept: list[str] = []
    for character in text:
        kind = unicodedata.category(character)[0]
        wanted = kind in "LN" or (kind == "M" and bool(kept) and kept[-1] != "-")
        if wanted and not _BLANK.match(character):
            kept.append(character)
        elif kept and kept[-1] != "-":
            kept.append("-")
    return "".join(kept).strip("-")
