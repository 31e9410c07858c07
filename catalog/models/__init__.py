"""The models of the catalogue: AI models, their vendors, providers' offerings, and the sources of each fact."""

from catalog.models.ai_model import AIModel
from catalog.models.changes import Action, FieldChange, MergedRecord
from catalog.models.evidence import Evidence, Source
from catalog.models.feed import FeedEntry, FeedMark, FeedState
from catalog.models.imports import (
    HeldRecord,
    ImportedRecord,
    ImportedTable,
    ImportRun,
    RecordKind,
    RunState,
    TableImport,
)
from catalog.models.model_parts import Alias, BenchmarkResult, Weights
from catalog.models.names import (
    Family,
    Modality,
    ModelInputModality,
    ModelOutputModality,
    ModelVendor,
    Provider,
    Vendor,
)
from catalog.models.offering import LifecycleEvent, Offering, Price
from catalog.models.summaries import (
    FacetCount,
    ModelPeriod,
    ModelSummary,
    OfferingPeriod,
    OfferingSummary,
    TimelineEntry,
)
