from catalog.importers.command import ImportCommand
from catalog.rules.choices import ImportFeed


class Command(ImportCommand):
    feed = ImportFeed.MODELS_DEV
    help = (
        "Take over models, providers, offerings and prices from models.dev, in its authored or its published shape. "
        "What an editor set by hand stays. Can be interrupted and run again."
    )
