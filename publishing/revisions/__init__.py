"""Drafts over live pages: what is written is kept, and readers see it when somebody publishes it."""
