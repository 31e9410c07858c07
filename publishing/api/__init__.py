"""Shared parts of the API of all apps."""
