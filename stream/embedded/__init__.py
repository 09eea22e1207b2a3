"""The parts of the embedded log."""
