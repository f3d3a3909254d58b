"""A gallery of people."""

import numpy as np


class Gallery:
    """Names, and the vectors of their pictures."""

    def __init__(self):
        self.people = {}

    def enrol(self, name, vectors):
        """Adds (K, D) vectors to a person."""
        before = self.people.get(name)
        parts = [vectors] if before is None else [before, vectors]
        self.people[name] = np.concatenate(parts)  # a copy

    def identify(self, vector, threshold):
        """The name of the nearest person within the threshold, or None."""
        if not self.people:
            return None
        far = {n: self.distance(vector, v) for n, v in self.people.items()}
        name = min(far, key=far.get)
        return name if far[name] <= threshold else None

    def distance(self, vector, vectors):
        centre = vectors.mean(axis=0)
        centre = centre / np.linalg.norm(centre)
        return float(np.linalg.norm(vector - centre))

    def delete(self, name):
        """Forgets a person. KeyError where there is none."""
        del self.people[name]
