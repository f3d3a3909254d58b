"""Numbers, twice as large."""


def double(numbers):
    """A new list in which each number is doubled."""
    return [2 * x for x in numbers]


def total(numbers):
    return sum(double(numbers))
