"""Folding text and finding many terms in it, the same way for gazetteers and for rules."""
