"""The one hook of a chapter plugin, and the marker that implements it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from dltutor.chapter import Chapter

hookspec = pluggy.HookspecMarker("dltutor")
hookimpl = pluggy.HookimplMarker("dltutor")


@hookspec
def dltutor_chapter() -> Chapter:  # type: ignore[empty-body]
    """Returns the chapter. Must import nothing heavy and do no work."""
