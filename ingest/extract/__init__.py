"""From bytes, pages and fragments to clean text with its fields. Pure: no disk, socket or clock."""
