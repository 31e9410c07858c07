"""Upgrades from released versions, by their stored databases and their real code; `store.py` makes what is stored."""
