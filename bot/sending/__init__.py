"""Send: from the outbox to WhatsApp, one message after the other in each conversation, like a person would."""
