"""What can go wrong, told in one line that a person can act on."""

from __future__ import annotations


class TutorError(Exception):
    """Something that the user can understand and mend.

    ``message`` names the file, the key or the option; ``hint`` says what would be right.
    ``exit_code`` is what the command line ends with.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class UsageError(TutorError):
    """A wrong name, option, key or value: the user has to ask differently."""

    exit_code = 2


class ContentError(TutorError):
    """A lesson, question or exercise file that can not be read as one."""


class DataError(TutorError):
    """A data set that is absent, damaged or not what it claims to be."""


class MissingPackagesError(TutorError):
    """A chapter needs packages that are not installed; the hint is the command that brings them."""
