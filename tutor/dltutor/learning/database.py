"""One SQLite file of progress: its tables, how it is opened, and whether it is whole."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dltutor.i18n import t

if TYPE_CHECKING:
    import sqlite3

Statement = tuple[str, tuple[Any, ...]]

# One list of statements a version; never edit one that was released, add the next.
MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        # Logs, which only grow: a row's id is random, so that files from two machines merge.
        "CREATE TABLE answers (id TEXT PRIMARY KEY, at TEXT NOT NULL, question TEXT NOT NULL, "
        "right INTEGER NOT NULL, helped INTEGER NOT NULL, given TEXT NOT NULL) WITHOUT ROWID",
        "CREATE INDEX answers_by_question ON answers (question, at, id, right, helped)",
        "CREATE TABLE exercises (id TEXT PRIMARY KEY, at TEXT NOT NULL, exercise TEXT NOT NULL, "
        "passed INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE INDEX exercises_by_exercise ON exercises (exercise, at, passed)",
        # The latest row of a key wins.
        "CREATE TABLE lessons (lesson TEXT, how TEXT, at TEXT NOT NULL, "
        "PRIMARY KEY (lesson, how)) WITHOUT ROWID",
        "CREATE TABLE positions (chapter TEXT PRIMARY KEY, at TEXT NOT NULL, lesson TEXT NOT NULL, "
        "place REAL NOT NULL) WITHOUT ROWID",
        "CREATE TABLE runs (run TEXT PRIMARY KEY, at TEXT NOT NULL, "
        "chapter TEXT NOT NULL) WITHOUT ROWID",
        "CREATE TABLE days (day TEXT PRIMARY KEY) WITHOUT ROWID",
        # Worked out from the answers; a new answer deletes its question's row.
        "CREATE TABLE cards (question TEXT PRIMARY KEY, due TEXT NOT NULL, "
        "card TEXT NOT NULL) WITHOUT ROWID",
        "CREATE INDEX cards_by_due ON cards (due)",
    ),
    (
        "CREATE TABLE notes (id TEXT PRIMARY KEY, at TEXT NOT NULL, lesson TEXT NOT NULL, "
        "place REAL NOT NULL, text TEXT NOT NULL, gone INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE INDEX notes_by_lesson ON notes (lesson)",
    ),
)
_DAMAGED: Final = (11, 26)  # SQLITE_CORRUPT, SQLITE_NOTADB
_BUSY: Final = (5, 6)  # SQLITE_BUSY, SQLITE_LOCKED
# SQLITE_ERROR, _CONSTRAINT, _MISMATCH, _MISUSE, _RANGE; 1 also where there is no code at all
_MISTAKEN: Final = (1, 19, 20, 21, 25)


class NewerError(Exception):
    """The file was written by a later version of this program."""


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """One write transaction: all or nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def run(db: sqlite3.Connection, statements: Sequence[Statement]) -> None:
    """All the statements in one transaction."""
    with readable(), transaction(db):
        for sql, values in statements:
            db.execute(sql, values)


def connect(file: Path, options: str = "", patience: float = 10) -> sqlite3.Connection:
    """``options`` as in SQLite's file names; ``patience``: seconds to wait for another's lock."""
    return _open(file.absolute().as_uri() + options, patience)


def memory() -> sqlite3.Connection:
    """An empty database in memory, with the tables of this version."""
    db = _open("file::memory:")
    prepare(db)
    return db


def _open(name: str, patience: float = 10) -> sqlite3.Connection:
    import sqlite3

    db = sqlite3.connect(
        name, uri=True, timeout=patience, isolation_level=None, check_same_thread=False
    )
    # a damaged byte in a text is no reason to lose the rest
    db.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return db


def _version(db: sqlite3.Connection) -> int:
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version


def prepare(db: sqlite3.Connection) -> None:
    """Journal mode and schema. Several processes may do this at once."""
    import sqlite3

    try:
        with readable():
            _migrate(db)
    except sqlite3.OperationalError as error:
        if is_mistake(error):
            # the statements are right, so the file is not what its header says
            raise damage(str(error)) from None
        raise


def _migrate(db: sqlite3.Connection) -> None:
    version = _version(db)
    if version > 1000:
        raise damage("it has no version that could be")
    if version > len(MIGRATIONS):
        raise NewerError(t("it was written by a newer dltutor; upgrade this one"))
    if db.execute("PRAGMA journal_mode").fetchone()[0] not in ("wal", "memory"):
        # where the file system can not do it, SQLite stays with its older journal, which works too
        db.execute("PRAGMA journal_mode=WAL")
    # an answer whose verdict was shown survives a power cut, not only a killed process
    db.execute("PRAGMA synchronous=FULL")
    if version == len(MIGRATIONS):
        return
    with transaction(db):
        version = _version(db)
        for number, statements in enumerate(MIGRATIONS[version:], version + 1):
            for statement in statements:
                db.execute(statement)
            db.execute(f"PRAGMA user_version={number}")


def check(db: sqlite3.Connection) -> None:
    """The whole file with its indexes: quick_check would leave those out, and be as slow."""
    with readable():
        found = db.execute("PRAGMA integrity_check(1)").fetchone()
        if found != ("ok",):
            raise damage(str(found[0]))
        with contextlib.closing(memory()) as right:
            if db.execute(_SCHEMA).fetchall() != right.execute(_SCHEMA).fetchall():
                raise damage("its tables are not the ones that belong there")


_SCHEMA: Final = (
    "SELECT m.name, c.name FROM sqlite_master m LEFT JOIN pragma_table_info(m.name) c "
    "WHERE m.name NOT LIKE 'sqlite%' ORDER BY 1, 2"
)


@contextlib.contextmanager
def readable() -> Iterator[None]:
    """A message of SQLite with damaged text in it means a damaged file."""
    try:
        yield
    except UnicodeDecodeError:
        raise damage("damaged text") from None


def damage(message: str) -> sqlite3.DatabaseError:
    import sqlite3

    error = sqlite3.DatabaseError(message)
    error.sqlite_errorcode = _DAMAGED[0]
    return error


def is_damage(error: sqlite3.Error) -> bool:
    """The file is no whole database."""
    return _code(error) in _DAMAGED


def is_busy(error: sqlite3.Error) -> bool:
    """Another process holds the file."""
    return _code(error) in _BUSY


def is_mistake(error: sqlite3.Error) -> bool:
    """The statement does not fit the file: trying it again would not help."""
    return _code(error) in _MISTAKEN


def _code(error: sqlite3.Error) -> int:
    return (getattr(error, "sqlite_errorcode", None) or _MISTAKEN[0]) & 0xFF
