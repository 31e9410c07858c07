from catalog.admin import model, names, offering

__all__ = ["model", "names", "offering"]
