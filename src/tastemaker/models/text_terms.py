"""Texts as weighted terms."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

WORD = re.compile(r"[^\W_]{2,}")


def word_counts(texts: Sequence[str], max_terms: int, max_words_an_item: int) -> csr_array:
    """float32 (len(texts), n_terms <= max_terms): how often each text has each word.

    Words are runs of at least two letters or digits, lower-cased; a word of one text alone tells
    nothing of others and is left out, and of the rest the most widespread are kept.
    """
    counts = [Counter(_words(text, max_words_an_item)) for text in texts]
    spread = Counter(word for of_text in counts for word in of_text)
    shared = [word for word, n_texts in spread.most_common(max_terms) if n_texts > 1]
    column = {word: number for number, word in enumerate(shared)}
    columns: list[int] = []
    values: list[int] = []
    ptr = [0]
    for of_text in counts:
        for word, n_times in of_text.items():
            if word in column:
                columns.append(column[word])
                values.append(n_times)
        ptr.append(len(columns))
    entries = np.array(values, np.float32), np.array(columns, np.int32), np.array(ptr, np.int64)
    return csr_array(entries, shape=(len(texts), len(shared)))


def tf_idf(counts: csr_array) -> csr_array:
    """(1 + log count) log(n / n_with_term), rows of length 1; an empty row stays zero."""
    n_rows, n_columns = counts.shape
    n_with = np.bincount(counts.indices, minlength=n_columns)
    rarity = np.log(n_rows / np.maximum(n_with, 1)).astype(np.float32)
    weighted = counts.copy()
    weighted.data = (1 + np.log(counts.data)) * rarity[counts.indices]
    return of_length(weighted, 1.0)


def of_length(rows: csr_array, length: float) -> csr_array:
    """Every row scaled to the given length; an empty row stays zero."""
    norms = row_norms(rows)
    scale = np.divide(length, norms, out=np.zeros_like(norms), where=norms > 0)
    scaled = rows.copy()
    scaled.data = (rows.data * np.repeat(scale, np.diff(rows.indptr))).astype(np.float32)
    return scaled


def row_norms(rows: csr_array) -> NDArray[np.float32]:
    row_of = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    squares = np.bincount(row_of, rows.data.astype(np.float64) ** 2, minlength=rows.shape[0])
    return np.sqrt(squares).astype(np.float32)


def _words(text: str, n_most: int) -> Iterable[str]:
    found = WORD.finditer(text.lower())
    return (match.group() for match, _ in zip(found, range(n_most), strict=False))
