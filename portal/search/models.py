from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.database import Rows

# So that beginnings are a range of the index, whatever language the database sorts by.
IN_BYTE_ORDER = String(40).with_variant(String(40, collation="C"), "postgresql")


class Word(Rows):
    """That a public thing has this word (folded and stemmed). ``weight`` is 3 in a title."""

    __tablename__ = "search_words"
    __table_args__ = (
        CheckConstraint("weight IN (1, 3)", name="weight"),
        Index("ix_search_words_thing", "kind", "thing_id", "word", "weight"),
        {"sqlite_with_rowid": False},
    )

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    word: Mapped[str] = mapped_column(IN_BYTE_ORDER, primary_key=True)
    thing_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    weight: Mapped[int]
