"""The JSON API: one module a noun, each with its shapes, its handlers and its rows of the endpoint table."""
