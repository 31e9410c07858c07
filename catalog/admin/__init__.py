from catalog.admin import imports, model, names, offering

__all__ = ["imports", "model", "names", "offering"]
