"""What comes of teaching the bot: runs of the conversation scripts on a draft, and the questions that had no good answer."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.columns import Base, Instant, Json, JsonObject, SerialId


class ScriptRun(Base):
    """The scripts played on one text before it is live. digest is the text's, so that a draft saved later finds its run.

    state: waiting, running, done, failed. result holds what passed, failed and changed (`storage/knowledge/script_runs.py`).
    """

    __tablename__ = "script_runs"
    __table_args__ = (Index("ix_script_runs_type_digest", "type", "digest"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    type: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8))
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    result: Mapped[JsonObject] = mapped_column(Json, default=dict)
    started_by: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class QuestionGroup(Base):
    """Messages without a good answer that ask alike. The example is the first of them; its words stay in the message alone.

    state: open, handled (an entry was written), ignored. count is of messages; last_at the newest one's time.
    """

    __tablename__ = "question_groups"
    __table_args__ = (
        Index("ix_question_groups_state_count", "state", "count"),
        Index("ix_question_groups_state_last_at", "state", "last_at"),
    )

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    example_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), index=True)
    state: Mapped[str] = mapped_column(String(8), default="open")
    faq_id: Mapped[int | None] = mapped_column(Integer)
    count: Mapped[int] = mapped_column(Integer, default=0)
    first_at: Mapped[datetime] = mapped_column(Instant)
    last_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class UnansweredMessage(Base):
    """One message without a good answer. reason says which way it went; group_id is None until it was put beside its like."""

    __tablename__ = "unanswered_messages"
    __table_args__ = (
        Index("ix_unanswered_messages_group_id_at", "group_id", "at"),
        Index(
            "ix_unanswered_messages_new",
            "at",
            sqlite_where=text("group_id IS NULL"),
            postgresql_where=text("group_id IS NULL"),
        ),
    )

    message_id: Mapped[str] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime] = mapped_column(Instant)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("question_groups.id"))
