"""Quick tf-idf gives scikit-learn's own numbers."""

from __future__ import annotations

import pickle

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.understanding.tfidf import QuickTfidf

TEXTS = ["my eye is red", "red red skin", "may i travel", "what if it freezes"]
OPTIONS = {"analyzer": "char_wb", "ngram_range": (2, 3)}
QUICK = QuickTfidf(**OPTIONS)
KNOWN = QUICK.fit_transform(TEXTS)
SLOW = TfidfVectorizer(sublinear_tf=True, dtype=np.float32, **OPTIONS).fit(TEXTS)


@given(st.lists(st.sampled_from(TEXTS) | st.text(max_size=40), min_size=1, max_size=3))
def test_texts_get_the_numbers_of_scikit_learn(texts: list[str]) -> None:
    np.testing.assert_allclose(
        QUICK.transform(texts).toarray(), SLOW.transform(texts).toarray(), atol=1e-6
    )


def test_texts_are_read_as_they_were_when_learnt() -> None:
    np.testing.assert_allclose(QUICK.transform(TEXTS).toarray(), KNOWN.toarray(), atol=1e-6)


def test_a_text_of_nothing_known_is_all_zeros() -> None:
    assert not QUICK.transform(["§§§"]).toarray().any()


def test_it_survives_being_stored() -> None:
    stored = pickle.loads(pickle.dumps(QUICK))
    assert (stored.transform(TEXTS) != KNOWN).nnz == (QUICK.transform(TEXTS) != KNOWN).nnz
