"""What the business knows and how it speaks: data and pure look-ups."""
