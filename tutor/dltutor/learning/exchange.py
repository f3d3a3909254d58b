"""Progress as JSON that another machine merges, and as rows read out of a damaged file.

Merging is the same everywhere: a row with a key that is not there is added; of two rows with
one key the greater wins, column by column, so the later one where there is a time. Hence
merging twice changes nothing, and the order of merging does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dltutor.errors import TutorError
from dltutor.i18n import t

if TYPE_CHECKING:
    import sqlite3

FORMAT: Final = "dltutor-progress"
VERSION: Final = 1

Row = tuple[Any, ...]
Rows = dict[str, list[Row]]

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def parse_time(stamp: str) -> datetime:
    """A time of the file. One with a damaged byte, which no check can find, is an old one."""
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return datetime(2000, 1, 1, tzinfo=UTC)
    return moment.replace(tzinfo=UTC)


def _text(value: Any) -> bool:
    if not isinstance(value, str) or len(value) > 100_000:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can spell
        return False
    return True


def _name(value: Any) -> bool:
    return _text(value) and 0 < len(value) <= 200 and value.isprintable()


def _path(value: Any) -> bool:
    chapter, slash, name = value.partition("/") if _name(value) else ("", "", "")
    return bool(chapter and slash and name)


def _time(value: Any) -> bool:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _day(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _yes_no(value: Any) -> bool:
    return isinstance(value, int) and value in (0, 1)


def _share(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


# table -> (how many columns, from the left, are the key; column -> what it may hold).
# After the key the time comes first: the later row is then the greater one.
TABLES: Final[dict[str, tuple[int, dict[str, Callable[[Any], bool]]]]] = {
    "answers": (
        1,
        {
            "id": _name,
            "at": _time,
            "question": _path,
            "right": _yes_no,
            "helped": _yes_no,
            "given": _text,
        },
    ),
    "exercises": (1, {"id": _name, "at": _time, "exercise": _path, "passed": _yes_no}),
    "lessons": (2, {"lesson": _path, "how": lambda v: v in ("read", "known"), "at": _time}),
    "positions": (1, {"chapter": _name, "at": _time, "lesson": _name, "place": _share}),
    "runs": (1, {"run": _name, "at": _time, "chapter": _name}),
    "days": (1, {"day": _day}),
    "notes": (
        1,
        {
            "id": _name,
            "at": _time,
            "lesson": _path,
            "place": _share,
            "text": _text,
            "gone": _yes_no,
        },
    ),
}
_YES_NO: Final = ("right", "helped", "passed", "gone")


def put(table: str) -> str:
    """The statement that merges one row into ``table``."""
    keys, columns = TABLES[table]
    names = list(columns)
    key, rest = names[:keys], names[keys:]
    marks = ", ".join("?" * len(names))
    sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks}) ON CONFLICT "
    if not rest:
        return sql + "DO NOTHING"
    new = ", ".join(f"excluded.{name}" for name in rest)
    return (
        sql + f"({', '.join(key)}) DO UPDATE SET ({', '.join(rest)}) = ({new}) "
        f"WHERE ({new}) > ({', '.join(f'{table}.{name}' for name in rest)})"
    )


def merge(db: sqlite3.Connection, rows: Rows) -> int:
    """Merges checked rows; returns how many were new or newer. Call it inside a transaction."""
    changed = 0
    for table, found in rows.items():
        sql = put(table)
        for row in found:
            changed += max(db.execute(sql, row).rowcount, 0)
    db.execute("DELETE FROM cards")  # the schedule is worked out again from all answers
    return changed


def salvage(file: Path) -> Rows:
    """The rows that can still be read from a damaged file, from both ends of each table."""
    import contextlib
    import sqlite3

    rows: Rows = {table: [] for table in TABLES}
    for opened in (_as_it_is, _made_whole):
        with (
            contextlib.suppress(sqlite3.Error, OSError),
            contextlib.closing(opened(file)) as db,
        ):
            for table, (_, columns) in TABLES.items():
                found = set(rows[table])
                for query in _queries(table):
                    # a query ends at the first damaged page; the next one begins elsewhere
                    with contextlib.suppress(sqlite3.Error, UnicodeDecodeError):
                        for row in db.execute(query):
                            if all(fits(v) for fits, v in zip(columns.values(), row, strict=True)):
                                found.add(row)
                rows[table] = sorted(found)
    return rows


def _queries(table: str) -> Iterator[str]:
    """Ways into a table that go by different pages."""
    names = list(TABLES[table][1])
    whole = f"SELECT {', '.join(names)} FROM {table}"
    for order in ("", " DESC"):
        yield f"{whole} ORDER BY {names[0]}{order}"
    if names[0] == "id":
        for number in range(256):  # ids are random and hexadecimal
            yield f"{whole} WHERE id >= '{number:02x}' AND id < '{number:02x}g'"
    if table == "answers":
        # the index holds all but what was given; where there is a whole row, that one wins
        for order in ("", " DESC"):
            yield (
                "SELECT id, at, question, right, helped, '' "
                f"FROM answers INDEXED BY answers_by_question ORDER BY question{order}"
            )


def _as_it_is(file: Path) -> sqlite3.Connection:
    import sqlite3

    return sqlite3.connect(file)


def _made_whole(file: Path) -> sqlite3.Connection:
    """A copy in memory, with zeros where a file that was cut off ends: SQLite wants all pages."""
    import sqlite3

    data = bytearray(file.read_bytes())
    size, pages = int.from_bytes(data[16:18]), int.from_bytes(data[28:32])
    if len(data) < 100 or pages > 1 << 20:
        raise OSError("no header")
    data[18:20] = b"\1\1"  # without a journal of its own
    data += bytes(max((1 if size == 0xFFFF else size) * pages - len(data), 0))
    db = sqlite3.connect(":memory:")
    db.deserialize(bytes(data))
    return db


def select(table: str) -> str:
    """The query for all rows of ``table``, in a settled order."""
    keys, columns = TABLES[table]
    names = list(columns)
    return f"SELECT {', '.join(names)} FROM {table} ORDER BY {', '.join(names[:keys])}"


def dump(read: Callable[[str], list[Row]]) -> dict[str, Any]:
    """Everything worth keeping, as an object for JSON."""
    from dltutor import __version__

    data: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "dltutor": __version__,
        "exported": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
    for table, (_, columns) in TABLES.items():
        data[table] = [
            {
                name: bool(value) if name in _YES_NO else value
                for name, value in zip(columns, row, strict=True)
            }
            for row in read(select(table))
        ]
    return data


def check(data: Any, source: str) -> Rows:
    """The rows of an export, each value checked; a TutorError names ``source``."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise TutorError(
            t("{file} is not an export of progress", file=source),
            t("dltutor progress export makes one"),
        )
    if data.get("version") != VERSION:
        raise TutorError(
            t(
                "{file}: version {version} of the export is not known here",
                file=source,
                version=repr(data.get("version"))[:20],
            ),
            t("upgrade dltutor"),
        )
    rows: Rows = {}
    for key, value in data.items():
        if key in ("format", "version", "dltutor", "exported"):
            continue
        if key not in TABLES:
            raise TutorError(
                t("{file}: unknown key {key!r}", file=source, key=key[:60]),
                t("one of {ids}", ids=", ".join(TABLES)),
            )
        if not isinstance(value, list):
            raise TutorError(t("{file}: {key} is not a list", file=source, key=key))
        rows[key] = [_row(key, i, entry, source) for i, entry in enumerate(value)]
    return rows


def _row(table: str, number: int, entry: Any, source: str) -> Row:
    columns = TABLES[table][1]
    where = f"{table}[{number}]"
    if not isinstance(entry, dict) or set(entry) != set(columns):
        raise TutorError(
            t(
                "{file}: {key} must have the keys {names}",
                file=source,
                key=where,
                names=", ".join(columns),
            )
        )
    for name, fits in columns.items():
        if not fits(entry[name]):
            shown = repr(entry[name])[:60]
            raise TutorError(
                t(
                    "{file}: {key} can not be {value}",
                    file=source,
                    key=f"{where}.{name}",
                    value=shown,
                )
            )
    kinds = dict.fromkeys(_YES_NO, int) | {"place": float}
    return tuple(kinds[name](entry[name]) if name in kinds else entry[name] for name in columns)
