"""``dltutor data``: the public data sets of the installed chapters."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dltutor import paths, registry
from dltutor.chapter import Dataset
from dltutor.cli.main import new_app
from dltutor.data import roots, stored
from dltutor.errors import DataError, UsageError
from dltutor.i18n import local, t
from dltutor.text import clean

if TYPE_CHECKING:
    from dltutor.data.downloads import OnProgress, Progress

app = new_app(help=t("List, fetch, verify and remove data sets."), no_args_is_help=True)
APPS = {"data": app}

DataRoot = Annotated[
    str, typer.Option("--data-root", metavar="DIR", help=t("A folder of data sets to use."))
]
Json = Annotated[bool, typer.Option("--json", help=t("As JSON."))]


def sets() -> dict[str, tuple[Dataset, list[str]]]:
    """The data sets of the installed chapters by name, each with the ids of its chapters."""
    found: dict[str, tuple[Dataset, list[str]]] = {}
    for chapter in registry.chapters():
        if chapter.training is not None and chapter.training.full is not None:
            dataset = chapter.training.full
            found.setdefault(dataset.name, (dataset, []))[1].append(chapter.id)
    return found


def find(name: str) -> Dataset:
    """The data set of that name; a near miss suggests the right one."""
    known = sets()
    if name.lower() in known:
        return known[name.lower()][0]
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), known, n=1)
    hint = t("did you mean {near}?", near=near[0]) if near else t("see: dltutor data list")
    raise UsageError(t("there is no data set {name!r}", name=name), hint)


def row(dataset: Dataset, chapters: list[str], data_root: str) -> dict[str, Any]:
    """What there is to say of a set, ready for JSON."""
    there = roots.find(dataset, data_root)
    folder = None if there is None else stored.folder_of(dataset, there.path)
    return {
        "name": dataset.name,
        "title": clean(local(dataset.title)),
        "chapters": chapters,
        "folder": None if folder is None else str(folder),
        "source": None if there is None else there.source,
        "bytes": None if folder is None else stored.used(folder),
        "download_bytes": sum(file.bytes for file in dataset.files) or None,
        "licence": clean(dataset.licence),
        "page": clean(dataset.source),
    }


@app.command(
    "list", help=t("The data sets that the installed chapters can use, and where they are.")
)
def list_(data_root: DataRoot = "", as_json: Json = False) -> None:
    rows = [row(dataset, chapters, data_root) for dataset, chapters in sets().values()]
    if as_json:
        _say(rows)
        return
    for one in rows:
        print(f"{one['name']}  {one['title']}")
        about = ", ".join(one["chapters"]), one["licence"], one["page"]
        print("  " + t("for {0}; licence {1}; {2}").format(*about))
        if one["folder"]:
            where = one["folder"], stored.size(one["bytes"]), one["source"]
            print("  ✓ " + t("there: {0} ({1}, from {2})").format(*where))
        elif one["download_bytes"]:
            what = stored.size(one["download_bytes"]), one["name"]
            print("  - " + t("not there; {0} to download: dltutor data fetch {1}").format(*what))
        else:
            print("  - " + t("not there; get it from its page"))
    if not rows:
        print(t("No installed chapter uses a public data set."))


@app.command(
    help=t("Download data sets: checked, resumed when broken off, kept once for all chapters.")
)
def fetch(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME...", show_default=False)
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help=t("Every data set."))] = False,
    data_root: DataRoot = "",
    as_json: Json = False,
) -> None:
    from dltutor.data import downloads

    if all_:
        wanted = [dataset for dataset, _ in sets().values() if dataset.files]
    elif names:
        wanted = [find(name) for name in names]
    else:
        raise UsageError(t("which data set?"), t("one of {choices}", choices=", ".join(sets())))
    root = Path(data_root).expanduser().resolve() if data_root else paths.downloads_folder()
    for dataset in wanted:
        with drawn(dataset, as_json=as_json) as progress:
            folder = downloads.fetch(dataset, root, progress)
        if as_json:
            _say(
                {
                    "event": "fetched",
                    "name": dataset.name,
                    "folder": str(folder),
                    "bytes": stored.used(folder),
                }
            )
        else:
            print("✓ " + t("{name} is in {folder}", name=dataset.name, folder=folder))


@contextmanager
def drawn(dataset: Dataset, *, as_json: bool) -> Iterator[OnProgress]:
    """What shows a download: JSON lines, a bar on a terminal, a line for each tenth elsewhere."""
    if as_json:

        def tell(now: Progress) -> None:
            _say({"event": "progress", "name": dataset.name, **asdict(now)})

        yield tell
    elif sys.stderr.isatty():
        with _bar(dataset) as bar:
            yield bar
    else:
        yield _Lines(dataset)


def _say(what: Any) -> None:
    print(json.dumps(what, ensure_ascii=False), flush=True)


class _Lines:
    """Plain lines on standard error, for screen readers and logs."""

    def __init__(self, dataset: Dataset) -> None:
        self.name, self.tenths = dataset.name, -1

    def __call__(self, now: Progress) -> None:
        if now.note:
            print(f"{self.name}: {now.note}", file=sys.stderr)
        tenths = now.received * 10 // now.total if now.total else self.tenths
        if tenths > self.tenths:
            self.tenths = tenths
            done, whole = stored.size(now.received), stored.size(now.total)
            print(f"{self.name}: {10 * tenths} %, {done} / {whole}", file=sys.stderr, flush=True)


@contextmanager
def _bar(dataset: Dataset) -> Iterator[OnProgress]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, DownloadColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bar

    figures = (DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Bar("{task.description}", BarColumn(None), *figures, console=Console(stderr=True)) as bar:
        task = bar.add_task(escape(dataset.name), total=None)

        def tell(now: Progress) -> None:
            if now.note:
                bar.console.print(f"{dataset.name}: {now.note}", markup=False, highlight=False)
            if now.total:
                bar.update(task, completed=now.received, total=now.total)

        yield tell


@app.command(help=t("Read every file of a data set and compare its checksum."))
def verify(name: str, data_root: DataRoot = "", as_json: Json = False) -> None:
    dataset = find(name)
    found = roots.find(dataset, data_root)
    if found is None:
        raise roots.absent(dataset, data_root)
    findings = stored.verify(dataset, found.path)
    folder = stored.folder_of(dataset, found.path)
    sound = all(one.state == "ok" for one in findings)
    if as_json:
        files = [asdict(one) for one in findings]
        _say({"name": dataset.name, "folder": str(folder), "ok": sound, "files": files})
    else:
        signs = {"ok": ("✓", t("ok")), "absent": ("-", t("absent")), "damaged": ("✗", t("damaged"))}
        for one in findings:
            sign, word = signs[one.state]
            print(
                f"{sign} {word}  {folder / one.file}" + (f"  ({one.detail})" if one.detail else "")
            )
    if not sound:
        raise DataError(
            t("{name} in {folder} is not whole", name=dataset.name, folder=folder),
            t(
                "run: {command}",
                command=f"dltutor data fetch {dataset.name} --data-root {found.path}",
            ),
        )


@app.command(
    help=t("The folder of a data set; without a name the data roots, in the order of the search.")
)
def path(
    name: Annotated[str, typer.Argument(show_default=False)] = "",
    data_root: DataRoot = "",
    as_json: Json = False,
) -> None:
    if name:
        dataset = find(name)
        found = roots.find(dataset, data_root)
        if found is None:
            raise roots.absent(dataset, data_root)
        folder = str(stored.folder_of(dataset, found.path))
        if as_json:
            _say({"name": dataset.name, "folder": folder, "source": found.source})
        else:
            print(folder)
        return
    looked = roots.roots(data_root)
    if as_json:
        _say([{"path": str(r.path), "source": r.source, "exists": r.path.is_dir()} for r in looked])
        return
    for root in looked:
        print(f"{root.path}  ({root.source})")


@app.command(help=t("Delete a downloaded data set. Data roots of your own are never touched."))
def remove(
    name: str,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=t("Do not ask."))] = False,
    as_json: Json = False,
) -> None:
    dataset = find(name)
    folder = stored.folder_of(dataset, paths.downloads_folder())
    if folder.is_dir() and not yes:
        if not sys.stdin.isatty():
            raise UsageError(t("{folder} would be deleted", folder=folder), t("add --yes"))
        print(
            t(
                "Delete {folder} ({size})? [y/N]",
                folder=folder,
                size=stored.size(stored.used(folder)),
            ),
            end=" ",
            flush=True,
        )
        if sys.stdin.readline().strip().lower() not in ("y", "yes", "是"):
            raise typer.Exit(1)
    freed = stored.remove(dataset)
    if as_json:
        _say({"name": dataset.name, "folder": str(folder), "freed_bytes": freed})
    else:
        print(
            "✓ "
            + t(
                "{name} is removed, {size} are free again",
                name=dataset.name,
                size=stored.size(freed),
            )
        )
