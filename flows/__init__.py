"""Pure business rules: data in, data out; no I/O, no clock, no randomness."""
