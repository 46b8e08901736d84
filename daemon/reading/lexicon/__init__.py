"""Phrases per language, as data files that a native speaker can correct without Python."""
