"""Processes for work that crashes, hangs or swells."""
