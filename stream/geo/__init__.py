"""Countries and groups of countries: the codes both halves agree on."""
