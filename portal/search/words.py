"""What two spellings of one word share: lower case, no accents, the stem of its language."""

import re
from functools import lru_cache

import snowballstemmer

from portal.core.text import fold

LONGEST = 40  # letters
MOST = 400  # words of one text
# Words that every text has find nothing.
EMPTY = frozenset(
    [
        "a",
        "about",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "but",
        "by",
        "can",
        "could",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "like",
        "library",
        "me",
        "more",
        "my",
        "no",
        "not",
        "of",
        "on",
        "or",
        "our",
        "program",
        "should",
        "so",
        "some",
        "that",
        "the",
        "their",
        "them",
        "there",
        "they",
        "this",
        "to",
        "up",
        "us",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "will",
        "with",
        "would",
        "you",
        "your",
    ]
)

_stem = lru_cache(maxsize=20_000)(snowballstemmer.stemmer("english").stemWord)


def words_of(text: str) -> list[str]:
    """The words worth finding, stemmed, each once, in the order of the text."""
    found = (word for word in re.findall(r"\w+", fold(text)) if word not in EMPTY)
    stems = (_stem(word)[:LONGEST] for word in found)
    return list(dict.fromkeys(stems))[:MOST]
