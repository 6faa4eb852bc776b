"""Tf-idf that is quick for one text at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize


class QuickTfidf(TfidfVectorizer):
    """scikit-learn's `TfidfVectorizer` with sublinear term frequency and rows of length one.

    Scikit-learn asks for the weights of the whole vocabulary at each call and gets them by
    adding up a matrix; for one short text that takes longer than all the rest. Here they
    are kept, and a text is taken apart once. The numbers are the same.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(sublinear_tf=True, dtype=np.float32, **options)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters; scikit-learn cannot read them from a signature with `**`."""
        return {name: getattr(self, name) for name in TfidfVectorizer().get_params(deep)}

    def fit_transform(self, raw_documents: Iterable[str], y: None = None) -> sparse.csr_matrix:
        """Learns the vocabulary; gives the texts' rows."""
        rows = super().fit_transform(raw_documents, y)
        self.weights = self.idf_.astype(np.float32)
        return rows

    def transform(self, raw_documents: Iterable[str]) -> sparse.csr_matrix:
        """A row of unit length for each text; of zeros where nothing is known."""
        return self.read(raw_documents)[0]

    def read(self, texts: Iterable[str]) -> tuple[sparse.csr_matrix, np.ndarray]:
        """A row for each text as `transform` gives it, and the share that is known (n,).

        The share is one of squared weights, as if unseen terms were the rarest of all; its
        root is given.
        """
        analyze, places = self.build_analyzer(), self.vocabulary_
        rarest = float((self.weights**2).max())
        columns: list[int] = []
        counts: list[int] = []
        ends, shares = [0], []
        for text in texts:
            terms = Counter(analyze(text))
            seen = {places[term]: count for term, count in terms.items() if term in places}
            columns += seen
            counts += seen.values()
            ends.append(len(columns))
            known = float((self.weights[list(seen)] ** 2).sum()) if seen else 0.0
            unknown = rarest * (len(terms) - len(seen))
            shares.append((known / (known + unknown)) ** 0.5 if seen else 0.0)
        data = (1 + np.log(np.array(counts, np.float32))) * self.weights[columns]
        rows = sparse.csr_matrix((data, columns, ends), (len(shares), len(places)), np.float32)
        return normalize(rows, copy=False), np.array(shares)
