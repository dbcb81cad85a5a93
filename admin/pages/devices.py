"""Which browser on which machine was that? A few words from what a browser says of itself, for people who look through their log-ins."""

# The first that is found counts: Edge and Opera call themselves Chrome too, and every Chrome calls itself Safari.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
# Android calls itself Linux too, and an iPad a Mac.
MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device(said: str) -> str:
    """`Chrome, Android`; what is no browser we know is shown as it is, an em dash for nothing."""
    found = [next((name for mark, name in table if mark in said), "") for table in (BROWSERS, MACHINES)]
    return ", ".join(name for name in found if name) or said or "—"
