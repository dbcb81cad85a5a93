"""How is a value written into a CSV file so that no spreadsheet takes it for a formula?"""

# Spreadsheets run what begins with these; a leading tab or line break hides such a beginning from a careless check.
FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would otherwise calculate."""
    return f"'{value}" if value.startswith(FORMULA_BEGINNINGS) else value
