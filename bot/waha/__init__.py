"""WAHA's side of the WhatsApp port: requests, answers, files, sessions."""
