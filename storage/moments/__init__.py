"""What falls due at a moment, and what staff are told of."""
