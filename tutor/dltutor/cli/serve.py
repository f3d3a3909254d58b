"""``dltutor serve``: the screens in a browser."""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import secrets
import socket
import sys
from typing import Annotated

import typer

from dltutor import paths, settings
from dltutor.cli.main import new_app
from dltutor.errors import MissingPackagesError, TutorError, UsageError
from dltutor.i18n import t

app = new_app()
APPS = {"serve": app}

PORT = 8123
SHORTEST_TOKEN = 16
MOST_SESSIONS = 64


@app.command(
    help=t(
        "The screens in a browser. Prints an address with a secret token: whoever has it can "
        "learn, train and run code here as you. Ctrl-C ends it; training runs go on."
    )
)
def serve(
    host: Annotated[
        str, typer.Option(help=t("The address to listen at; only this machine reaches 127.0.0.1."))
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help=t("The port; 0 takes one that is free."))
    ] = PORT,
    token: Annotated[
        str,
        typer.Option(
            envvar="DLTUTOR_TOKEN",
            help=t("The secret in the address; a new one at every start if not given."),
        ),
    ] = "random",
    own_progress: Annotated[
        bool,
        typer.Option(
            "--own-progress",
            "--separate-progress",
            help=t("Progress, exercises and runs of its own for each browser."),
        ),
    ] = False,
    sessions: Annotated[
        int, typer.Option(min=1, max=MOST_SESSIONS, help=t("How many may be open at a time."))
    ] = 4,
    expose: Annotated[
        bool,
        typer.Option(
            "--expose", help=t("Allow a host that other machines reach, without encryption.")
        ),
    ] = False,
    name: Annotated[
        list[str],
        typer.Option(
            metavar="HOST",
            help=t("A name by which browsers may call this machine; may be repeated."),
        ),
    ] = [],  # noqa: B006
) -> None:
    if missing := [m for m in ("textual_serve", "aiohttp") if not importlib.util.find_spec(m)]:
        from dltutor.registry import install_command

        raise MissingPackagesError(
            t("serve needs {packages}", packages=", ".join(missing)),
            t("run: {command}", command=install_command("dltutor[web]")),
        )
    secret = secrets.token_urlsafe(24) if token == "random" else _checked(token)
    found = _addresses(host)
    outside = not all(ipaddress.ip_address(a[4][0].partition("%")[0]).is_loopback for a in found)
    if outside and not expose:
        raise UsageError(
            t(
                "--host {host} lets other machines in: whoever has the address could run programs "
                "here as you, and nothing is encrypted",
                host=host,
            ),
            t(
                "add --expose if that is meant; to come from another machine, "
                "ssh -L {port}:127.0.0.1:{port} needs no --host",
                port=port or PORT,
            ),
        )
    settings.load()
    listening = _listen(found[0], host, port)
    port = listening.getsockname()[1]

    import asyncio

    from dltutor.tui.serve.gate import LOOPBACK, Gate
    from dltutor.tui.serve.server import Offer, serve

    names = LOOPBACK | {n.lower() for n in name}
    if outside:
        names |= {host.lower(), socket.gethostname().lower()}
    offer = Offer(
        Gate(secret, frozenset(names), addresses=outside),
        port,
        sessions=sessions,
        own_progress=own_progress,
    )
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    shown = f"[{shown}]" if ":" in shown else shown

    def ready() -> None:
        print(t("dltutor in a browser:"), f"http://{shown}:{port}/?token={secret}")
        print(t("Whoever has this address can run code here as you. Ctrl-C ends it."))
        if own_progress:
            print(t("Each browser's own progress is in {folder}.", folder=paths.visitors_folder()))
        if outside:
            print(
                t("Other machines reach it at {host}, and nothing is encrypted.", host=host),
                file=sys.stderr,
            )
        sys.stdout.flush()

    try:
        asyncio.run(serve(offer, listening, ready))
    except KeyboardInterrupt:  # where signals can not be handled otherwise
        pass
    finally:
        listening.close()
    print(t("Ended; every session is closed."))


def _checked(token: str) -> str:
    """A token that can stand in an address and is not guessed."""
    if len(token) < SHORTEST_TOKEN or not all(
        c.isascii() and (c.isalnum() or c in "-._~") for c in token
    ):
        raise UsageError(
            t("--token is too easily guessed, or can not stand in an address"),
            t("at least {count} letters, digits, - . _ or ~", count=SHORTEST_TOKEN),
        )
    return token


Address = tuple[int, int, int, str, tuple[str, int]]


def _addresses(host: str) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise UsageError(t("--host {host}: there is no such address here", host=host)) from None
    return found  # type: ignore[return-value]


def _listen(address: Address, host: str, port: int) -> socket.socket:
    family = address[0]
    try:
        return socket.create_server((address[4][0], port), family=socket.AddressFamily(family))
    except OSError as error:
        import errno

        if error.errno == errno.EADDRINUSE:
            raise TutorError(
                t("port {port} is in use", port=port), t("--port 0 takes one that is free")
            ) from None
        raise TutorError(
            t(
                "{host} port {port} can not be listened at: {why}",
                host=host, port=port, why=os.strerror(error.errno or 0),
            )
        ) from None  # fmt: skip
