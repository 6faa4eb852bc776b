"""Questions that are alike, put together: what patients miss shows in the large groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec
import numpy as np

# Mean cosine within a group. Of the pairs of training examples that belong to different
# answers, one in a hundred is more alike than this (1,200 examples of data/nlu).
ALIKE = 0.62
# Memory for the comparison grows with the square; 3,000 texts need 100 MB.
MOST_TEXTS = 3000


class Group(msgspec.Struct, frozen=True):
    """Texts that ask much the same, the most typical first, with how often each was asked."""

    texts: tuple[tuple[str, int], ...]

    @property
    def count(self) -> int:
        """How often the group was asked."""
        return sum(times for _, times in self.texts)


def group_by_likeness(
    texts: Sequence[str], encode: Callable[[Sequence[str]], np.ndarray]
) -> list[Group]:
    """Groups texts by average linkage of their sentence vectors, the largest group first.

    Args:
        texts: what was asked, repeats included. Beyond `MOST_TEXTS` different ones, the
            most frequent are grouped and the others left out.
        encode: gives unit vectors.
    """
    from sklearn.cluster import AgglomerativeClustering

    counts = Counter(" ".join(text.split()) for text in texts)
    counts.pop("", None)
    known = counts.most_common(MOST_TEXTS)
    if not known:
        return []
    vectors = encode([text for text, _ in known])
    labels = np.zeros(len(known), int)
    if len(known) > 1:
        clusters = AgglomerativeClustering(
            n_clusters=None, distance_threshold=1 - ALIKE, affinity="cosine", linkage="average"
        )
        labels = clusters.fit_predict(vectors)
    groups = []
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        weights = np.array([known[row][1] for row in rows])
        typical = vectors[rows] @ (weights @ vectors[rows])
        order = sorted(range(len(rows)), key=lambda place: -typical[place])
        groups.append(Group(tuple(known[rows[place]] for place in order)))
    return sorted(groups, key=lambda group: (-group.count, group.texts))
