"""What a text says of countries: mentions, roles, relations."""
