"""Join the mail account and the policy: the only package that knows the other two."""

VERSION = "0.1.0"
"""The version of the distribution (`pyproject.toml` says the same)."""
