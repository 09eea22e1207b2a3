"""Wiring: settings become objects here, and nowhere else; one module a role or a thing it needs."""
