from catalog.importers.command import ImportCommand
from catalog.rules.choices import Feed


class Command(ImportCommand):
    feed = Feed.MODELS_DEV
    help = (
        "Take over models, providers, offerings and prices from models.dev, in its authored or its published shape. "
        "What an editor set by hand stays. Can be interrupted and run again."
    )
