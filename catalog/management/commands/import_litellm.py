from catalog.importers.command import ImportCommand
from catalog.importers.litellm.importing import import_litellm


class Command(ImportCommand):
    help = (
        "Take over prices and ends of service from LiteLLM's map, for offerings on record and for models known by the "
        "same id. What an editor set by hand stays. Can be interrupted and run again."
    )

    def take_over(self, *arguments):
        return import_litellm(*arguments)
