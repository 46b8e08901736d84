"""Phrases per language, as data files that a native speaker can correct without Python."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load(name: str) -> Mapping[str, Any]:
    """Return the contents of the lexicon file `name` (without ".toml"), read once per process."""
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text("utf-8"))
