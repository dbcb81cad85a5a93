"""Receive: a webhook body becomes a typed arrival and durable rows; and what is done beside a message, never before its answer."""
