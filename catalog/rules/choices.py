"""The choices of catalogue fields. An unknown value is stored as an empty field."""

from django.db.models import TextChoices


class ModelKind(TextChoices):
    LANGUAGE = "language", "Language model"
    IMAGE = "image", "Image generator"
    VIDEO = "video", "Video generator"
    AUDIO = "audio", "Audio or music generator"
    ENCODER = "encoder", "Encoder (not generative)"
    OTHER = "other", "Other"


class Existence(TextChoices):
    VERIFIED = "verified", "Verified"
    ANNOUNCED = "announced", "Announced"
    UNVERIFIED = "unverified", "Unverified"


class Openness(TextChoices):
    OPEN = "open", "Open weights, free licence"
    RESTRICTED_WEIGHTS = "restricted_weights", "Open weights, restricted licence"
    WEIGHTS = "weights", "Open weights, licence not recorded"
    API_ONLY = "api_only", "Closed, API access"
    HOSTED_ONLY = "hosted_only", "Closed, hosted product without API"


class AliasKind(TextChoices):
    API_ID = "api_id", "API ID"
    MARKETING = "marketing", "Marketing name"
    SPELLING = "spelling", "Other spelling"
    MISSPELLING = "misspelling", "Misspelling"


class ProviderKind(TextChoices):
    VENDOR = "vendor", "Vendor’s own API"
    CLOUD = "cloud", "Cloud"
    HOST = "host", "Host"
    RESELLER = "reseller", "Reseller"


class Listing(TextChoices):
    LISTED = "listed", "Listed"
    PREVIEW = "preview", "Listed as a preview"
    DEPRECATED = "deprecated", "Listed as deprecated"
    REMOVED = "removed", "No longer listed"


class Confidence(TextChoices):
    VENDOR = "vendor", "from the vendor or provider"
    THIRD_PARTY = "third_party", "from a third party"
    UNVERIFIED = "unverified", "not verified"
    DISPUTED = "disputed", "disputed"


class Level(TextChoices):
    """Who says so, the weakest first (see `catalog.rules.levels`)."""

    LIST = "list", "from a list"
    SOURCE = "source", "read at its source"
    FIRM = "firm", "checked at its source by the firm of this site"


class Meter(TextChoices):
    INPUT = "input", "Input"
    OUTPUT = "output", "Output"
    CACHE_READ = "cache_read", "Cached input"
    CACHE_WRITE = "cache_write", "Cache write"
    REASONING = "reasoning", "Reasoning"
    INPUT_AUDIO = "input_audio", "Audio input"
    OUTPUT_AUDIO = "output_audio", "Audio output"
    INPUT_IMAGE = "input_image", "Image input"
    OUTPUT_IMAGE = "output_image", "Image output"
    INPUT_VIDEO = "input_video", "Video input"
    OUTPUT_VIDEO = "output_video", "Video output"
    CACHE_READ_AUDIO = "cache_read_audio", "Cached audio input"
    CACHE_WRITE_AUDIO = "cache_write_audio", "Audio cache write"
    CACHE_READ_IMAGE = "cache_read_image", "Cached image input"
    IMAGE = "image", "Generated image"
    VIDEO = "video", "Generated video"
    PAGE = "page", "Processed page"
    CITATION = "citation", "Citation"
    SEARCH = "search", "Search"
    REQUEST = "request", "Request"
    SESSION = "session", "Session"


class Unit(TextChoices):
    TOKEN = "token", "token"
    IMAGE = "image", "image"
    SECOND = "second", "second"
    CHARACTER = "character", "character"
    PIXEL = "pixel", "pixel"
    PAGE = "page", "page"
    REQUEST = "request", "request"
    SESSION = "session", "session"


class ImportFeed(TextChoices):
    """The data feeds that can be imported."""

    MODELS_DEV = "models_dev", "models.dev"
    LITELLM = "litellm", "LiteLLM"
