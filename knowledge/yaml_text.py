"""YAML from people's files, read by PyYAML's loader in C where the machine has it: the same values, ten times as fast."""

from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str | bytes) -> Any:  # Any: whatever the file says; who asks for it checks it.
    """Plain values only, whatever the text asks for. Raises yaml.YAMLError with the place of what is wrong."""
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 # both are safe loaders
