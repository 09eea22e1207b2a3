"""The parts of the gazetteer builder: one file a source of names."""
