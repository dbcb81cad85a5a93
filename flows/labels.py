"""Which colours may a label have? Names of the panel's design system, chosen so that white or dark text reads well on each."""

COLOURS: tuple[str, ...] = (
    "teal",
    "blue",
    "purple",
    "pink",
    "red",
    "orange",
    "yellow",
    "green",
    "gray",
)
