"""Drafts over live pages: every version is stored, and readers see the one that was published."""
