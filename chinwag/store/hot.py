"""Statements of the paths that every message and every connection takes: compiled by SQLAlchemy once, and run straight
on the driver.

Running a compiled statement through SQLAlchemy costs some 40 µs, eight times what SQLite needs for it; a post has four,
to take part some twenty. What comes back and what is raised is the same as from `Connection.execute`.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import msgspec
from sqlalchemy import Boolean, ClauseElement, ColumnElement, Connection, bindparam
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import NullType


class _Compiled:
    """A statement for one kind of database."""

    def __init__(self, statement: ClauseElement, dialect: Any) -> None:
        compiled = cast(SQLCompiler, statement.compile(dialect=dialect))
        columns = compiled._result_columns
        self.sql = str(compiled)
        assert "POSTCOMPILE" not in self.sql, "an IN of values is another text each time: use Among"
        self._order = compiled.positiontup
        self._lists = [name for name, bind in compiled.binds.items() if isinstance(bind.type, _Listed)]
        self._as_json = dialect.name == "sqlite"
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}
        row: Any = namedtuple("Row", [column.keyname for column in columns])  # type: ignore[misc]
        self._row: Callable[..., Any] = row._make
        self._convert = [
            (place, process)
            for place, column in enumerate(columns)
            if (process := column.type.dialect_impl(dialect).result_processor(dialect, None)) is not None
        ]

    def params(self, values: Mapping[str, Any]) -> Any:
        """What the driver is given."""
        given = {**self._fixed, **values} if self._fixed else values
        if self._lists:
            given = {**given, **{name: self._listed(given[name]) for name in self._lists}}
        return given if self._order is None else [given[name] for name in self._order]

    def _listed(self, values: Iterable[Any]) -> Any:
        return msgspec.json.encode(list(values)).decode() if self._as_json else list(values)

    def named(self, row: Any) -> Any:
        """A row of the driver's, in Python's types, its columns by name."""
        if self._convert:
            row = list(row)
            for place, process in self._convert:
                row[place] = process(row[place])
        return self._row(row)


class _Listed(NullType):
    """A list, as one parameter."""


class Among(ColumnElement[bool]):
    """Whether a column has one of the values of a list that is given by name, of whatever length: an `IN` is another
    text for each length."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        self.values: Any = bindparam(name, type_=_Listed())

    def self_group(self, against: Any = None) -> "Among":
        """A condition as it stands: by default it would become `… = 1`, for which SQLite walks the whole table."""
        return self


@compiles(Among, "sqlite")
def _among_json(element: Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(one, **options) for one in (element.column, element.values))
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608


@compiles(Among, "postgresql")
def _among_array(element: Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(one, **options) for one in (element.column, element.values))
    return f"{column} = ANY({values})"


class Hot:
    """A statement that is compiled once."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """The first row, with its columns by name, or None."""
        compiled, cursor = self._run(connection, values)
        row = cursor.fetchone()
        return None if row is None else compiled.named(row)

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """All rows, with their columns by name."""
        compiled, cursor = self._run(connection, values)
        return [compiled.named(row) for row in cursor.fetchall()]

    def _run(self, connection: Connection, values: Mapping[str, Any]) -> tuple[_Compiled, Any]:
        dialect: DefaultDialect = connection.dialect  # type: ignore[assignment]
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled(self._statement, dialect)
        driver: Any = connection.connection.dbapi_connection
        try:
            return compiled, driver.execute(compiled.sql, compiled.params(values))
        except dialect.loaded_dbapi.Error as error:
            lost = dialect.is_disconnect(error, driver, None)
            raise DBAPIError.instance(
                compiled.sql, None, error, dialect.loaded_dbapi.Error, connection_invalidated=lost, dialect=dialect
            ) from error
