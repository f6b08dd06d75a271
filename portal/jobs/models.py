from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.database import Rows


class Beat(Rows):
    """The one row that says when a worker was last seen."""

    __tablename__ = "beats"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    at: Mapped[datetime]
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
