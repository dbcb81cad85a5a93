"""What `make bench-models` measures: one module a model, each with `rows()`, listed in `__main__.MODELS`."""
