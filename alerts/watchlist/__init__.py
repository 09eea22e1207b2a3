"""Watchlists: from YAML that people write to rules that the matcher compiles."""
