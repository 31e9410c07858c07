"""The models of the catalogue: AI models, their vendors, providers' offerings, and the sources of each fact."""

from catalog.models.ai_model import AIModel
from catalog.models.alias import Alias
from catalog.models.benchmark_result import BenchmarkResult
from catalog.models.evidence import Evidence, Source
from catalog.models.family import Family
from catalog.models.feed import FeedEntry, FeedMark, FeedState
from catalog.models.field_change import Action, FieldChange
from catalog.models.imports import HeldRecord, ImportedRecord, ImportRun, RecordKind, RunState
from catalog.models.lifecycle_event import LifecycleEvent
from catalog.models.merged_record import MergedRecord
from catalog.models.offering import Offering
from catalog.models.price import Price
from catalog.models.provider import Provider
from catalog.models.summaries import (
    FacetCount,
    ModelPeriod,
    ModelSummary,
    OfferingPeriod,
    OfferingSummary,
    TimelineEntry,
)
from catalog.models.tags import Modality, ModelInputModality, ModelOutputModality, ModelVendor, Vendor
from catalog.models.weights import Weights
