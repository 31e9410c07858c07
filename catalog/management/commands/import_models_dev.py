from catalog.importers.command import ImportCommand
from catalog.importers.models_dev.importing import import_models_dev


class Command(ImportCommand):
    help = (
        "Take over models, providers, offerings and prices from models.dev, in its authored or its published shape. "
        "What an editor set by hand stays. Can be interrupted and run again."
    )

    def take_over(self, *arguments):
        return import_models_dev(*arguments)
