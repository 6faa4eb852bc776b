"""Tf-idf that is quick for one text at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.preprocessing import normalize


class QuickTfidf(TfidfVectorizer):
    """scikit-learn's `TfidfVectorizer` with sublinear term frequency and rows of length one.

    Scikit-learn asks for the weights of the whole vocabulary at each call and gets them by
    adding up a matrix; for one short text that takes longer than all the rest. Here they
    are kept. The numbers are the same.
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
        counts = CountVectorizer.transform(self, raw_documents)
        counts.data = (1 + np.log(counts.data)) * self.weights[counts.indices]
        return normalize(counts, copy=False)
