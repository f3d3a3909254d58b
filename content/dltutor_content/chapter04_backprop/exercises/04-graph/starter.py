"""Automatic differentiation of numbers."""

from __future__ import annotations

import math


class Value:
    """A number that remembers what it was computed from.

    ``slopes`` has the derivative of this number by each of its parents.
    """

    def __init__(
        self,
        data: float,
        parents: tuple[Value, ...] = (),
        slopes: tuple[float, ...] = (),
    ) -> None:
        self.data, self.parents, self.slopes = data, parents, slopes
        self.grad = 0.0

    def __add__(self, other: Value) -> Value:
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Value) -> Value:
        slopes = (other.data, self.data)
        return Value(self.data * other.data, (self, other), slopes)

    def tanh(self) -> Value:
        h = math.tanh(self.data)
        return Value(h, (self,), (1 - h * h,))

    def backward(self) -> None:
        """Sets ``grad`` of this number and of all that it is made of."""
        # Your part: this reaches the parents and no further.
        self.grad = 1.0
        for parent, slope in zip(self.parents, self.slopes, strict=True):
            parent.grad = slope
