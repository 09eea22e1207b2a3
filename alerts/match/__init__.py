"""Matching: rules compiled to one automaton, evaluated purely, with the evidence."""
