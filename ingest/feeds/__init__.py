"""From the bytes of a feed to its entries: RSS 0.9x to 2.0, RSS 1.0 and 1.1, Atom 0.3 and 1.0, JSON Feed."""
