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
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dltutor.i18n import t
from dltutor.learning import database
from dltutor.learning.database import Statement

if TYPE_CHECKING:
    import sqlite3

BUSY_SECONDS: Final = 10
BACKUP_SECONDS: Final = 24 * 3600
BACKUP_WRITES: Final = 200
ALWAYS_CHECKED_BYTES: Final = 1 << 20  # some 5,000 answers; a check takes 3 milliseconds

_checked: set[Path] = set()


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
        if not self._is_there() or not self._attach():
            self._go_on_in_memory()

    # -- reading and writing ------------------------------------------------------------

    def read(self, sql: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """All rows of a query."""
        import sqlite3

        with self._lock:
            if not self._on_disk and not self._troubled and self._is_there():
                self._attach()  # another process has begun it meanwhile
            for _ in range(2):
                try:
                    with database.readable():
                        return self._connection().execute(sql, values).fetchall()
                except sqlite3.DatabaseError as error:
                    if not self._on_disk or database.is_mistake(error):
                        raise
                    self._lose(error)
                    if self._db is None and not self._attach():
                        self._go_on_in_memory()
            return self._connection().execute(sql, values).fetchall()

    def write(self, *statements: Statement) -> bool:
        """Commits the statements together. False: they are kept in memory for now.

        They may be tried several times, so each must do nothing the second time.
        """
        import sqlite3

        with self._lock:
            self.unsaved.extend(statements)
            try:
                saved = self._flush()
            except (sqlite3.Error, UnicodeError, OverflowError):
                # a mistake of ours, not the file's: it must not stand in the way of what follows
                del self.unsaved[-len(statements) :]
                raise
            if saved:
                self._writes += 1
                if self._writes % BACKUP_WRITES == 0:
                    self.back_up()
                return True
            if self._db is None:
                self._go_on_in_memory()
            else:
                database.run(self._db, statements)
            return False

    def _flush(self) -> bool:
        import sqlite3

        for _ in range(3):
            if not self._on_disk and not self._attach():
                return False
            try:
                database.run(self._connection(), self.unsaved)
            except sqlite3.DatabaseError as error:
                if database.is_mistake(error):
                    raise
                self._lose(error)
                if database.is_damage(error):
                    continue  # attaching again mends it
                return False
            if self._troubled:
                milliseconds = int(BUSY_SECONDS * 1000)
                self._connection().execute(f"PRAGMA busy_timeout={milliseconds}")
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
        except (OSError, sqlite3.Error, database.NewerError) as error:
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
        if database.is_damage(error):
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

        db = database.memory()
        sources = [
            (self.file, "?mode=ro"),
            (self.file, "?mode=ro&immutable=1"),  # without its journal
            (self.backup, "?mode=ro&immutable=1"),
        ]
        while sources:
            try:
                found = lost or database.connect(*sources.pop(0))
                try:
                    found.backup(db)
                finally:
                    if found is not lost:
                        found.close()
                lost = None
                database.prepare(db)
                database.check(db)
                break
            except (sqlite3.Error, database.NewerError):
                lost = None
                db.close()
                db = database.memory()
        database.run(db, self.unsaved)
        self._db = db

    def _is_there(self) -> bool:
        try:
            return self.file.exists() or self.backup.exists()
        except OSError:  # a folder that may not be looked into
            return True

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
                if not database.is_damage(error) or attempt == 2:
                    raise
                # the first time it is only opened again: another process may have mended it
                if attempt == 1:
                    self._replace_by_copy()
        raise AssertionError

    def _healthy(self) -> sqlite3.Connection:
        """A checked and migrated connection; raises sqlite3.DatabaseError for a damaged file."""
        import sqlite3

        # who waited once does not wait as long again with every answer
        patience = BUSY_SECONDS if not self._troubled else 0.2
        db = database.connect(self.file, patience=patience)
        try:
            give_up = time.monotonic() + patience
            while True:
                try:
                    database.prepare(db)
                    break
                except sqlite3.OperationalError as error:
                    # a change of journal mode fails at once when another process does the same
                    if not database.is_busy(error) or time.monotonic() > give_up:
                        raise
                    time.sleep(0.01)
            if self._failures or (self.file not in _checked and self._worth_a_check()):
                database.check(db)
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
            with contextlib.closing(database.connect(temporary)) as copy:
                self._connection().backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
                database.check(copy)
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
            with contextlib.closing(database.connect(temporary)) as copy:
                database.prepare(copy)
                database.check(copy)
            copied = datetime.fromtimestamp(self.backup.stat().st_mtime).strftime("%Y-%m-%d %H:%M")
            _give_name(temporary, self.file)
        except (OSError, sqlite3.Error, database.NewerError):
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        rescued = 0
        if aside is not None and aside.stat().st_size:
            rows = exchange.salvage(aside)
            with contextlib.closing(database.connect(self.file)) as db:
                database.prepare(db)
                with database.transaction(db):
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
