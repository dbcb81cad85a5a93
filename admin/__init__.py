"""What staff see and do: the JSON API, the panel and the permission guard."""
