"""Accounts: how people come in, and what they may change of themselves."""

import msgspec

from chinwag.changes import WORKSPACE, Kind, MemberRole, Role, Status, User, room_topic, user_topic
from chinwag.clock import moment_or_none
from chinwag.errors import Conflict, Forbidden, Invalid, Unauthorized
from chinwag.limits import address_key
from chinwag.services import access, bans, handles, membership, passwords, rooms, sessions
from chinwag.services.invites import use_link
from chinwag.services.moments import clean_moment
from chinwag.services.names import (
    clean_email,
    clean_handle,
    clean_line,
    clean_mark,
    clean_name,
    clean_zone,
    email_key,
    handle_from,
    skeleton,
)
from chinwag.services.shapes import Moment, Secret
from chinwag.store import audit, blobs, members, users, workspace
from chinwag.store.tx import Tx

PRONOUNS = 40
ABOUT = 300
STATUS = 100


class Account(User):
    """Oneself, with what only oneself sees."""

    email: str = ""


def hash_password(_tx: Tx, *, password: str, **_others: object) -> str:
    """The hash to store; made before the transaction, as it is slow on purpose."""
    return passwords.hash(passwords.clean_password(password))


def setup(
    tx: Tx,
    *,
    token: Secret,
    name: str,
    password: str,
    handle: str | None = None,
    email: str | None = None,
    prepared: str,
) -> User:
    """Become the first owner, by the link that the server printed."""
    if users.has_owner(tx):
        raise Conflict("This workspace has an owner already: please sign in.", field="token")
    values = _checked(tx, name=name, email=email, handle=handle)
    use_link(tx, "setup", token)
    user = _add(tx, values, kind="person", role="owner", password=prepared, in_lobby="owner")
    sessions.open_session(tx, user.id)
    return user


def signup(tx: Tx, *, name: str, email: str, password: str, prepared: str) -> User:
    """Sign up, where the workspace lets people do so by themselves."""
    if not workspace.get(tx).signup:
        raise Forbidden("This workspace lets people in by invitation.")
    bans.check_address(tx)
    user = _add(tx, _checked(tx, name=name, email=email), kind="person", role="member", password=prepared)
    sessions.open_session(tx, user.id)
    return user


def accept(
    tx: Tx,
    *,
    token: Secret,
    name: str,
    password: str,
    handle: str | None = None,
    email: str | None = None,
    prepared: str,
) -> User:
    """Sign up by an invite."""
    values = _checked(tx, name=name, email=email, handle=handle)
    use_link(tx, "invite", token)
    user = _add(tx, values, kind="person", role="member", password=prepared)
    sessions.open_session(tx, user.id)
    return user


def visit(tx: Tx, *, name: str) -> User:
    """Come in as a guest with nothing but a name, where the workspace lets guests in."""
    if not workspace.get(tx).guests:
        raise Forbidden("This workspace does not let guests in.")
    bans.check_address(tx)
    user = _add(tx, _checked(tx, name=name), kind="guest", role="guest", password=None)
    users.change(tx, user.id, address=address_key(tx.caller.address) if tx.caller.address else "")
    sessions.open_session(tx, user.id)
    return user


def add(
    tx: Tx, *, handle: str, name: str | None, email: str | None, role: Role, kind: Kind, password: str | None
) -> User:
    """Add a user without asking who calls: for the command line alone."""
    values = _checked(tx, name=name or handle, email=email, handle=handle)
    audit.add(tx, "user add", f"{values['handle']} as {role}")
    return _add(tx, values, kind=kind, role=role, password=password)


def me(tx: Tx) -> Account:
    """Oneself."""
    user = access.me(tx)
    row = users.find_private(tx, user.id)
    return Account(**msgspec.structs.asdict(user), email=(row and row["email"]) or "")


def check_own_password(tx: Tx, *, password: str | None = None, old: str | None = None, **_others: object) -> str | None:
    """Refuse a wrong password of the caller; None where none was given."""
    given = old if old is not None else password
    if given is None:
        return None
    row = users.find_private(tx, access.me(tx).id)
    if not passwords.verify(row["password"] if row else None, given):
        raise Unauthorized("That is not your present password.", field="old" if old is not None else "password")
    return given


def edit(
    tx: Tx,
    *,
    name: str | None = None,
    handle: str | None = None,
    email: str | None = None,
    password: str | None = None,
    pronouns: str | None = None,
    zone: str | None = None,
    about: str | None = None,
    prepared: str | None = None,
) -> Account:
    """Change what one says of oneself, or, with one's password, one's e-mail address."""
    user = access.me(tx)
    if email is not None and user.kind != "guest" and prepared is None:
        raise Invalid("password", "To change the e-mail address, please give your password.")
    if email is not None and user.kind == "guest":
        raise Forbidden("Guests have no e-mail address here.")
    shown = {"name": user.name if name is None else name, "handle": user.handle if handle is None else handle}
    values = _checked(tx, **shown, email=email, but=user.id)
    values |= _clean_profile(pronouns=pronouns, zone=zone, about=about)
    if any(getattr(user, name) != value for name, value in values.items() if name in _TOLD):
        tell(tx, user.id, **values)
    elif email is not None:
        users.change(tx, user.id, **values)
    return me(tx)


_TOLD = ("name", "handle", "pronouns", "zone", "about")


def _clean_profile(*, pronouns: str | None, zone: str | None, about: str | None) -> dict[str, object]:
    values: dict[str, object] = {}
    if pronouns is not None:
        values["pronouns"] = clean_line(pronouns, PRONOUNS, field="pronouns")
    if zone is not None:
        values["zone"] = clean_zone(zone)
    if about is not None:
        values["about"] = clean_line(about, ABOUT, field="about")
    return values


def picture(tx: Tx, *, hash: str) -> User:
    """Show a picture of oneself, whose bytes are kept; none where the hash is empty."""
    user = access.me(tx)
    before = users.avatar(tx, user.id)
    if hash == before:
        return user
    changed = tell(tx, user.id, avatar=hash)
    blobs.loosen(tx, [before])
    return changed


def status(tx: Tx, *, emoji: str = "", text: str = "", ends_at: Moment | None = None) -> User:
    """Say what one is at, until it ends; with neither emoji nor text nothing any more."""
    me = access.me(tx)
    emoji, text = clean_mark(emoji), clean_line(text, STATUS, field="text")
    ends = None if ends_at is None or not (emoji or text) else clean_moment(tx, ends_at, field="ends_at")
    wanted = Status(emoji=emoji, text=text, ends_at=moment_or_none(ends)) if emoji or text else None
    if wanted == me.status:
        return me
    return tell(tx, me.id, status_emoji=emoji, status_text=text, status_ends_at=ends)


def quiet(tx: Tx, *, until: Moment | None = None) -> User:
    """Do not be disturbed until then; without it, be again."""
    me = access.me(tx)
    at = None if until is None else clean_moment(tx, until, field="until")
    return me if moment_or_none(at) == me.quiet_until else tell(tx, me.id, quiet_until=at)


def end_what_is_over(tx: Tx, *, id: int) -> None:
    """The clock says that somebody's status, or their quiet, is over."""
    row = users.claim_due(tx, id)
    if row is None:
        return
    values: dict[str, object] = {}
    if row.status_ends_at is not None and row.status_ends_at <= tx.now:
        values = {"status_emoji": "", "status_text": "", "status_ends_at": None}
    if row.quiet_until is not None and row.quiet_until <= tx.now:
        values["quiet_until"] = None
    tell(tx, id, **values)


def tell(tx: Tx, user: int, **values: object) -> User:
    """Change a user, and tell everyone who may know of them: the workspace, and guests in the rooms they share."""
    seqs = rooms.refresh_for_guests(tx, user)
    seq = tx.take(WORKSPACE)
    changed = users.change(tx, user, rev=seq, **values)
    for topic, room_seq in seqs.items():
        room = int(topic.partition(":")[2])
        members.change(tx, room, user, rev=room_seq)
        tx.change(topic, room_seq, members=members.page_since(tx, room, room_seq - 1), users=[changed])
    tx.change(WORKSPACE, seq, users=[changed])
    return changed


def prepare_password(tx: Tx, *, old: str, new: str) -> str:
    """The new password's hash, once the old one is right."""
    new = passwords.clean_password(new, field="new")
    check_own_password(tx, old=old)
    return passwords.hash(new)


def password(tx: Tx, *, old: str, new: str, prepared: str) -> None:
    """Change one's password. Every other session ends, and this one gets a new secret."""
    user = access.me(tx)
    users.change(tx, user.id, password=prepared)
    sessions.end_others(tx, user.id)
    sessions.end(tx)
    sessions.open_session(tx, user.id)


def _checked(
    tx: Tx, *, name: str, email: str | None = None, handle: str | None = None, but: int | None = None
) -> dict[str, object]:
    """The columns of a user's names, cleaned, and free to take."""
    name = clean_name(name)
    handle = _free_handle(tx, handle_from(name)) if handle is None else clean_handle(handle)
    values: dict[str, object] = {
        "name": name,
        "handle": handle,
        "name_skeleton": skeleton(name),
        "handle_skeleton": skeleton(handle),
        "words": f" {name} {handle}".casefold(),
    }
    if email is not None:
        values["email"] = clean_email(email)
        values["email_key"] = email_key(clean_email(email))
    handles.check_free(tx, handle, user=but)
    for column, field, words in _UNIQUE:
        taken = users.find_taken(tx, column, str(values[column])) if column in values else None
        if taken is not None and taken != but:
            raise Conflict(words, field=field)
    return values


_UNIQUE = (
    ("name_skeleton", "name", "Somebody here has this name, or one that looks like it: please add to yours."),
    ("email_key", "email", "Somebody here has this e-mail address: please sign in."),
)


def _free_handle(tx: Tx, handle: str) -> str:
    wanted = handle
    for number in range(2, 1000):
        if handles.is_free(tx, wanted):
            return wanted
        wanted = f"{handle[:28]}{number}"
    raise Conflict("Please choose another name.", field="name")


def _add(
    tx: Tx,
    values: dict[str, object],
    *,
    kind: Kind,
    role: Role,
    password: str | None,
    in_lobby: MemberRole = "member",
) -> User:
    lobby = workspace.get(tx).lobby
    topic = room_topic(lobby)
    seqs = tx.take_all({topic, WORKSPACE})
    user = users.add(tx, **values, kind=kind, role=role, password=password, created_at=tx.now, rev=seqs[WORKSPACE])
    tx.open_topic(user_topic(user))
    row = users.get(tx, user)
    tx.change(WORKSPACE, seqs[WORKSPACE], users=[row])
    membership.let_in(tx, lobby, [user], role=in_lobby, seq=seqs[topic])
    return row
