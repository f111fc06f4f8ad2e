"""Bringing a database to the shape this program knows, by Alembic; and refusing one that is newer."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from chinwag.errors import CannotStart

FOLDER = Path(__file__).parent / "migrations"
LOCK = 0x_C41_3A6


def head() -> str:
    """The newest revision that this program knows: files of `versions/` are named by their revision."""
    return max(path.name for path in (FOLDER / "versions").glob("[0-9]*.py"))[:4]


def upgrade(engine: Engine) -> None:
    """Bring the database to `head`. Several processes that start at once wait for the first."""
    with engine.connect() as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        present = revision(connection)
        if present > head():
            raise CannotStart(
                f"The database is newer ({present}) than this program ({head()}): please start the newer Chinwag."
            )
        if present < head():
            _run(connection)


def revision(connection: Connection) -> str:
    """The revision of a database; empty for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
