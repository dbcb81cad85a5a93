"""The panel's static files: our own few, and those of others under `vendor/` with version, licence and hash."""
