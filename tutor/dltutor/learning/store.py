"""The SQLite file that keeps progress, and what happens when it can not.

Every write is one committed transaction. When the file can not be written (a read-only
folder, a full disk, a lock that stays), the writes go on in memory and are tried again with
each further one; nothing raises. When the file is damaged, it is set aside, the last good
copy takes its place, and what is newer in the damaged one is read out of it.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
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
BUSY_SECONDS: Final = 20
BACKUP_SECONDS: Final = 24 * 3600
BACKUP_WRITES: Final = 200
ALWAYS_CHECKED_BYTES: Final = 1 << 20  # some 5,000 answers; a check takes 3 milliseconds
_DAMAGED: Final = (11, 26)  # SQLITE_CORRUPT, SQLITE_NOTADB
_OTHER: Final = 1  # SQLITE_ERROR: our own mistake, such as a wrong statement
_BUSY: Final = (5, 6)  # SQLITE_BUSY, SQLITE_LOCKED

_checked: set[Path] = set()


class NewerError(Exception):
    """The file was written by a later version of this program."""


class Store:
    """The progress file: ``read`` and ``write`` never raise because of it.

    Opening makes no file; the first write does. ``notices`` are lines that the learner should
    see once. Safe for several threads and several processes.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.backup = file.with_name(f"{file.stem}.backup{file.suffix}")
        self.notices: list[str] = []
        self.unsaved: list[Statement] = []
        """what is not on disk yet, oldest first"""
        self._lock = threading.RLock()
        self._on_disk = False
        self._troubled = self._relieved = False
        self._writes = 0
        self._failures = 0
        """how often the file turned out to be damaged since it was last mended"""
        self._db: sqlite3.Connection | None = None
        try:
            there = file.exists() or self.backup.exists()
        except OSError:  # a folder that may not be looked into
            there = True
        if there:
            self._attach()
        if self._db is None:
            self._go_on_in_memory()

    # -- reading and writing ------------------------------------------------------------

    def read(self, sql: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """All rows of a query."""
        import sqlite3

        with self._lock:
            for _ in range(2):
                try:
                    return self._connection().execute(sql, values).fetchall()
                except sqlite3.DatabaseError as error:
                    if not self._on_disk or _code(error) == _OTHER:
                        raise
                    self._lose(error)
                    if self._db is None and not self._attach():
                        self._go_on_in_memory()
            return self._connection().execute(sql, values).fetchall()

    def write(self, *statements: Statement) -> bool:
        """Commits the statements together. False: they are kept in memory for now.

        They may be tried several times, so each must do nothing the second time.
        """
        with self._lock:
            self.unsaved.extend(statements)
            if self._flush():
                self._writes += 1
                if self._writes % BACKUP_WRITES == 0:
                    self.back_up()
                return True
            if self._db is None:
                self._go_on_in_memory()
            else:
                _run(self._db, statements)
            return False

    def _flush(self) -> bool:
        import sqlite3

        for _ in range(3):
            if not self._on_disk and not self._attach():
                return False
            try:
                _run(self._connection(), self.unsaved)
            except sqlite3.DatabaseError as error:
                if _code(error) == _OTHER:
                    raise
                self._lose(error)
                if _code(error) in _DAMAGED:
                    continue  # attaching again mends it
                return False
            if self._troubled and not self._relieved:
                # a disk on the brink fails again and again: each thing is told once
                self._relieved = True
                self.notices.append(t("Your progress is saved again, to {file}.", file=self.file))
            self.unsaved.clear()
            return True
        return False

    def save(self) -> bool:
        """Tries once more to save what is not on disk. False: there is something left."""
        with self._lock:
            if not self.unsaved or self._flush():
                return True
            if self._db is None:
                self._go_on_in_memory()
            return False

    def close(self) -> None:
        """Makes the day's copy and closes the file."""
        with self._lock:
            if self._on_disk and self._copy_is_old():
                self.back_up()
            if self._db is not None:
                self._db.close()
                self._db = None
                self._on_disk = False

    def _connection(self) -> sqlite3.Connection:
        if self._db is None:
            raise RuntimeError("the progress store is closed")
        return self._db

    # -- from memory to disk and back ------------------------------------------------------------

    def _attach(self) -> bool:
        """Connects to the file, made, migrated or mended as need be. False: it can not be had."""
        import sqlite3

        try:
            db = self._open()
        except (OSError, sqlite3.Error, NewerError) as error:
            self._tell(error)
            return False
        if self._db is not None:
            self._db.close()
        self._db, self._on_disk = db, True
        return True

    def _lose(self, error: sqlite3.Error) -> None:
        """The file has failed: lets go of it, and goes on in memory unless it may be mended."""
        db = self._connection()
        self._db, self._on_disk = None, False
        if _code(error) in _DAMAGED:
            self._failures += 1
        else:
            self._tell(error)
            self._go_on_in_memory(db)
        db.close()

    def _tell(self, error: Exception) -> None:
        if self._troubled:
            return
        self._troubled = True
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        self.notices.append(
            t(
                "Your progress can not be saved to {file}: {reason}. "
                "It is kept in memory and tried again.",
                file=self.file,
                reason=reason,
            )
        )

    def _go_on_in_memory(self, lost: sqlite3.Connection | None = None) -> None:
        """Works on a copy of the file, as far as it can be read, with what is not saved on top."""
        import sqlite3

        db = _memory()
        sources = [
            (self.file, "?mode=ro"),
            (self.file, "?mode=ro&immutable=1"),  # without its journal
            (self.backup, "?mode=ro&immutable=1"),
        ]
        while sources:
            try:
                found = lost or _connect(*sources.pop(0))
                lost = None
                if _version(found) == len(MIGRATIONS):
                    found.backup(db)
                    _check(db)
                    break
            except sqlite3.Error:
                db.close()
                db = _memory()
        _run(db, self.unsaved)
        self._db = db

    # -- the file ------------------------------------------------------------

    def _open(self) -> sqlite3.Connection:
        import sqlite3

        self.file.parent.mkdir(parents=True, exist_ok=True)
        lost = self.backup.exists() and (not self.file.exists() or self.file.stat().st_size == 0)
        if lost:
            self._replace_by_copy()
        if self._failures > 1:
            self._replace_by_copy()  # no check finds the fault, yet it fails
        for attempt in range(3):
            try:
                return self._healthy()
            except sqlite3.DatabaseError as error:
                if _code(error) not in _DAMAGED or attempt == 2:
                    raise
                # the first time it is only opened again: another process may have mended it
                if attempt == 1:
                    self._replace_by_copy()
        raise AssertionError

    def _healthy(self) -> sqlite3.Connection:
        """A checked and migrated connection; raises sqlite3.DatabaseError for a damaged file."""
        import sqlite3

        db = _connect(self.file)
        try:
            give_up = time.monotonic() + BUSY_SECONDS
            while True:
                try:
                    _prepare(db)
                    break
                except sqlite3.OperationalError as error:
                    # a change of journal mode fails at once when another process does the same
                    if _code(error) not in _BUSY or time.monotonic() > give_up:
                        raise
                    time.sleep(0.01)
            if self._failures or (self.file not in _checked and self._worth_a_check()):
                _check(db)
                _checked.add(self.file)
        except BaseException:
            db.close()
            raise
        return db

    def _worth_a_check(self) -> bool:
        # a large file is checked when the day's copy is due, and whenever a page of it fails
        return self.file.stat().st_size <= ALWAYS_CHECKED_BYTES or self._copy_is_old()

    def _copy_is_old(self) -> bool:
        try:
            return abs(time.time() - self.backup.stat().st_mtime) > BACKUP_SECONDS
        except OSError:
            return True

    def back_up(self) -> None:
        """Makes the last good copy. It is checked before it takes the older one's place."""
        import sqlite3

        if not self._on_disk:
            return

        temporary = self.backup.with_name(f".{self.backup.name}.{os.getpid()}-{id(self)}.tmp")
        try:
            with contextlib.closing(_connect(temporary)) as copy:
                self._connection().backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
                _check(copy)
            temporary.replace(self.backup)
        except (sqlite3.Error, OSError):
            # no copy today; the file itself says what is wrong when it is next read
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)

    def _replace_by_copy(self) -> None:
        """Sets the file aside, puts the last good copy in its place, reads out what is newer."""
        import shutil
        import sqlite3

        from dltutor.learning import exchange

        self._failures = 0
        aside: Path | None = None
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
        for suffix in ("-wal", "-shm", ""):
            part = self.file.with_name(self.file.name + suffix)
            if part.exists():
                aside = self.file.with_name(f"{self.file.name}.damaged-{stamp}{suffix}")
                part.replace(aside)
        copied = ""
        temporary = self.file.with_name(f".{self.file.name}.{os.getpid()}.tmp")
        try:
            shutil.copyfile(self.backup, temporary)
            with contextlib.closing(_connect(temporary)) as copy:
                _check(copy)
            copied = datetime.fromtimestamp(self.backup.stat().st_mtime).strftime("%Y-%m-%d %H:%M")
            _give_name(temporary, self.file)
        except (OSError, sqlite3.Error):
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        rescued = 0
        if aside is not None and aside.stat().st_size:
            rows = exchange.salvage(aside)
            with contextlib.closing(_connect(self.file)) as db:
                _prepare(db)
                with transaction(db):
                    rescued = exchange.merge(db, rows)
        name = aside.name if aside else self.file.name
        if copied:
            self.notices.append(
                t(
                    "The progress file was damaged or lost ({name}): the copy of {date} is used, "
                    "with {count} newer entries that could still be read.",
                    name=name,
                    date=copied,
                    count=rescued,
                )
            )
        else:
            self.notices.append(
                t(
                    "The progress file was damaged and is set aside as {name}; "
                    "there was no copy of it. "
                    "{count} entries could still be read.",
                    name=name,
                    count=rescued,
                )
            )


def _give_name(temporary: Path, file: Path) -> None:
    """Renames, but never over a file that another process has just put there."""
    try:
        os.link(temporary, file)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        temporary.replace(file)
    temporary.unlink(missing_ok=True)


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


def _run(db: sqlite3.Connection, statements: Sequence[Statement]) -> None:
    with transaction(db):
        for sql, values in statements:
            db.execute(sql, values)


def _connect(file: Path, options: str = "") -> sqlite3.Connection:
    import sqlite3

    name = file.absolute().as_uri() + options
    db = sqlite3.connect(
        name, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    # a damaged byte in a text is no reason to lose the rest
    db.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return db


def _memory() -> sqlite3.Connection:
    import sqlite3

    db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    _prepare(db)
    return db


def _version(db: sqlite3.Connection) -> int:
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version


def _prepare(db: sqlite3.Connection) -> None:
    """Journal mode and schema. Several processes may do this at once."""
    version = _version(db)
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


def _check(db: sqlite3.Connection) -> None:
    """The whole file with its indexes: quick_check would leave those out, and be as slow."""
    import sqlite3

    found = db.execute("PRAGMA integrity_check(1)").fetchone()
    if found != ("ok",):
        error = sqlite3.DatabaseError(str(found[0]))
        error.sqlite_errorcode = _DAMAGED[0]
        raise error


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 1 for errors that do not come from the file."""
    return (getattr(error, "sqlite_errorcode", None) or _OTHER) & 0xFF
