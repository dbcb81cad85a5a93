"""Measured speed: `make bench` prints it, nothing here asserts on a clock."""
