from catalog.admin import model, names, offering, runs

__all__ = ["model", "names", "offering", "runs"]
