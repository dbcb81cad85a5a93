"""What staff add to conversations: how far they have read, who looks at what, notes, labels, canned answers and messages for later."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.columns import Base, Instant, Json, SerialId


class ReadMark(Base):
    """How far a member of staff has read a conversation; message_id is the newest message that they saw."""

    __tablename__ = "read_marks"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    message_id: Mapped[str] = mapped_column(String(40))


class Watcher(Base):
    """Who looks at which conversation now. One row a person; it counts only while it is fresh."""

    __tablename__ = "watchers"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    is_typing: Mapped[bool] = mapped_column(Boolean, default=False)
    seen_at: Mapped[datetime] = mapped_column(Instant)


class Note(Base):
    """A private note in a conversation; customers never see it."""

    __tablename__ = "notes"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    author: Mapped[str] = mapped_column(String(80))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)


class Mention(Base):
    """A note that names a colleague; seen_at says when they looked."""

    __tablename__ = "mentions"
    __table_args__ = (Index("ix_mentions_user_id_conversation_id", "user_id", "conversation_id"),)

    note_id: Mapped[str] = mapped_column(ForeignKey("notes.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seen_at: Mapped[datetime | None] = mapped_column(Instant)


class Label(Base):
    """A word that staff hang on conversations; colour is one of the panel's."""

    __tablename__ = "labels"

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    colour: Mapped[str] = mapped_column(String(12))


class ConversationLabel(Base):
    __tablename__ = "conversation_labels"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    label_id: Mapped[int] = mapped_column(ForeignKey("labels.id"), primary_key=True, index=True)


class CannedAnswer(Base):
    """A prepared answer, found by its shortcut. `{{word}}` is a blank to fill in; media_ids name files that go along."""

    __tablename__ = "canned_answers"

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    shortcut: Mapped[str] = mapped_column(String(30), unique=True)
    title: Mapped[str] = mapped_column(String(100))
    body: Mapped[str] = mapped_column(Text)
    media_ids: Mapped[list[str]] = mapped_column(Json, default=list)
    changed_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(Instant)


class LaterMessage(Base):
    """A message that goes out at due_at, unless the customer writes first. state: waiting, sent, cancelled.

    after_message_id is the conversation's newest message when it was prepared: a newer one of the customer cancels it.
    """

    __tablename__ = "later_messages"
    __table_args__ = (
        Index(
            "ix_later_messages_due",
            "due_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    author: Mapped[str] = mapped_column(String(80))
    body: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    after_message_id: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    because: Mapped[str | None] = mapped_column(String(40))


class MessageWords(Base):
    """A message's words as they are searched, written a little after the message. Full-text indexes stand on it, see the migrations.

    place marks the customer's branch (`storage/desk/word_index.py`); triggers move it with the customer.

    Changing or deleting a message's body takes its row away (a trigger), so that what was erased is found no more.
    """

    __tablename__ = "message_words"

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    message_id: Mapped[str] = mapped_column(String(40), unique=True)
    conversation_id: Mapped[str] = mapped_column(String(40), index=True)
    words: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(String(20), server_default="@0")
