from catalog.importers.command import ImportCommand
from catalog.rules.choices import ImportFeed


class Command(ImportCommand):
    feed = ImportFeed.LITELLM
    help = (
        "Take over prices and ends of service from LiteLLM's map, for offerings on record and for models known by the "
        "same id. What an editor set by hand stays. Can be interrupted and run again."
    )
