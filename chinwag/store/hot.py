"""Statements of the path that every message takes: compiled by SQLAlchemy once, and run straight on the driver.

Running a compiled statement through SQLAlchemy costs some 40 µs, eight times what SQLite needs for it; a post has four.
What comes back and what is raised is the same as from `Connection.execute`.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping
from typing import Any, cast

from sqlalchemy import ClauseElement, Connection
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler


class _Compiled:
    """A statement for one kind of database."""

    def __init__(self, statement: ClauseElement, dialect: Any) -> None:
        compiled = cast(SQLCompiler, statement.compile(dialect=dialect))
        columns = compiled._result_columns
        self.sql = str(compiled)
        self._order = compiled.positiontup
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
        return given if self._order is None else [given[name] for name in self._order]

    def named(self, row: Any) -> Any:
        """A row of the driver's, in Python's types, its columns by name."""
        if self._convert:
            row = list(row)
            for place, process in self._convert:
                row[place] = process(row[place])
        return self._row(row)


class Hot:
    """A statement that gives one row at most."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """The row, with its columns by name, or None."""
        dialect: DefaultDialect = connection.dialect  # type: ignore[assignment]
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled(self._statement, dialect)
        driver: Any = connection.connection.dbapi_connection
        try:
            row = driver.execute(compiled.sql, compiled.params(values)).fetchone()
        except dialect.loaded_dbapi.Error as error:
            raise DBAPIError.instance(compiled.sql, None, error, dialect.loaded_dbapi.Error, dialect=dialect) from error
        return None if row is None else compiled.named(row)
