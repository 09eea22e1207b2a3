"""Configuration files that people write: YAML 1.2 read with positions; problems point at the line."""
