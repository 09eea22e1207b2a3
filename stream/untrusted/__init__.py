"""What strangers write, read to values: one guarded door for each kind. Pure.

The parsers behind these doors raise what they like for odd input: IndexError and UnicodeError from yarl,
OverflowError from a date of the year 10^20, ValueError from 5,000 digits. Here each becomes None, and what it
means is for the caller to say. No other module calls those parsers; a test looks.
"""
