"""What the business knows and how it speaks, as staff edit it; one version number over all of it."""
