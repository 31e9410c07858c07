"""The addresses that are measured: at least one sample for every pattern outside the admin that answers to GET.

A pattern without parameters is its own sample; `Records` has records and queries for the others. In the admin the start
page, "Needs review", all lists and one form of each kind are measured.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.db.models import Count
from django.db.models.functions import Abs
from django.urls import URLPattern, get_resolver, resolve, reverse

from articles.models import Article, ArticleAuthor, ArticleTopic
from articles.models.article import ArticleKind
from bench.prepare import FACTS_PAGE
from catalog.models import AIModel, ModelInputModality, ModelVendor, Offering, Provider, Source
from faq.models import Question
from publishing.images.models import Image
from publishing.site.models import SiteSettings
from publishing.workflow.share_link import ShareLink
from tests.surfaces import SENT

OFFERINGS_OF_A_MODEL, OFFERINGS_OF_A_PROVIDER = 30, 600
ADMIN_PAGES = ("admin:index", "admin:publishing_needs_review")
NEEDS_QUERY = {"api-records", "suggest", "catalog:suggest"}  # views that show nothing without a query


@dataclass(frozen=True)
class Sample:
    """One measured page: the name of its URL pattern, a remark on the sample, and its path with the query."""

    view: str
    remark: str
    path: str

    @property
    def label(self) -> str:
        return f"{self.view} ({self.remark})" if self.remark else self.view


def samples() -> list[Sample]:
    """Return all samples. Raises LookupError for patterns that have none."""
    records = Records()
    of_view, with_query = records.of_view(), records.with_query()
    all_samples, missing = [], []
    for view, parameters in patterns():
        plain = {} if parameters or view in NEEDS_QUERY else {"": {}}
        queries = with_query.get(view, {})
        view_samples = [
            Sample(view, remark, reverse(view, kwargs=at)) for remark, at in of_view.get(view, plain).items()
        ]
        view_samples += [
            Sample(view, remark, f"{reverse(view)}?{urlencode(query)}") for remark, query in queries.items()
        ]
        all_samples += view_samples
        if not view_samples:
            missing.append(view)
    if missing:
        raise LookupError(f"Add sample addresses to bench/samples.py for: {', '.join(missing)}")
    return all_samples + _admin(records)


def patterns() -> list[tuple[str, tuple[str, ...]]]:
    """Return the name and the parameters of each pattern outside the admin."""
    return [
        (":".join([*names, pattern.name or f"<{prefix}>"]), tuple(pattern.pattern.regex.groupindex))
        for pattern, prefix, names in _walk(get_resolver(), "", [])
        if not prefix.startswith(settings.ADMIN_PATH) and pattern.name not in SENT
    ]


def _walk(resolver, prefix, names):
    for entry in resolver.url_patterns:
        text = prefix + str(entry.pattern).lstrip("^")
        if isinstance(entry, URLPattern):
            yield entry, text, names
        else:
            yield from _walk(entry, text, [*names, *filter(None, [entry.namespace])])


def nearest(model, related: str, count: int):
    """Return the published record whose number of related rows is nearest to `count`."""
    counted = model.objects.published().annotate(distance=Abs(Count(related) - count))
    return counted.order_by("distance", "pk").first()


def largest(through, field: str):
    """Return the record to which most rows of `through` refer in `field`."""
    rows = through.objects.exclude(**{field: None}).order_by().values(field)
    key = rows.annotate(count=Count("pk")).order_by("-count", field)[0][field]
    return through._meta.get_field(field).related_model.objects.get(pk=key)


def most_offered(count: int):
    """Return the published models with the most offerings."""
    return AIModel.objects.published().annotate(count=Count("offerings")).order_by("-count", "pk")[:count]


class Records:
    """The records whose pages are measured."""

    def __init__(self):
        self.model = nearest(AIModel, "offerings", OFFERINGS_OF_A_MODEL)
        self.provider = nearest(Provider, "offerings", OFFERINGS_OF_A_PROVIDER)
        self.article = Article.objects.get(slug=FACTS_PAGE)
        self.draft = ShareLink.objects.order_by("pk").first()
        self.image = Image.objects.order_by("pk").first()
        self.question = Question.objects.published().order_by("pk").first()
        self.offering = self.model.offerings.order_by("pk").first()
        self.compared = most_offered(4)

    def of_view(self) -> dict[str, dict[str, dict]]:
        """Return for each view with parameters the values of its samples, by the remark about each."""
        thirty = {f"{OFFERINGS_OF_A_MODEL} offerings": _slug(self.model)}
        facts = {"40 facts": _slug(self.article)}
        question = {"": _slug(self.question)}
        subject, author = largest(ArticleTopic, "tag"), largest(ArticleAuthor, "author")
        of_kind = {kind: Article.objects.published().filter(kind=kind).order_by("pk").first() for kind in ArticleKind}
        texts = {f"articles:{kind}": {"": _slug(of_kind[kind])} for kind in ArticleKind if kind != ArticleKind.ARTICLE}
        feeds = ("rss", "atom", "json")
        vendor, family = largest(ModelVendor, "tag"), largest(AIModel, "family")
        modality, topic = largest(ModelInputModality, "tag"), largest(Question, "topic")
        most = {"largest": _slug(largest(Offering, "provider"))}
        providers = {f"{OFFERINGS_OF_A_PROVIDER} offerings": _slug(self.provider)}
        return {
            "catalog:model": thirty,
            "catalog:offerings": thirty,
            "catalog:model_markdown": thirty,
            "catalog:vendor": {"largest": _slug(vendor)},
            "catalog:modality": {"largest": _slug(modality)},
            "catalog:family": {"largest": _slug(family)},
            "catalog:provider": providers | most,
            "faq:topic": {"largest": _slug(topic)},
            **dict.fromkeys(("faq:detail", "faq:markdown", "faq:vote", "faq:thanks"), question),
            "api-models-detail": thirty,
            "api-vendors-detail": {"largest": _slug(vendor)},
            "api-modalities-detail": {"largest": _slug(modality)},
            "api-families-detail": {"largest": _slug(family)},
            "api-providers-detail": providers,
            "api-offerings-detail": {"": {"id": self.offering.pk}},
            "api-sources-detail": {"": {"id": Source.objects.published().order_by("pk").first().pk}},
            "api-articles-detail": facts,
            "api-questions-detail": question,
            "partner-file": {"guide": {"name": "partners.md"}},
            "media": {"": {"path": self.image.file.name}},
            "shared": {"": {"token": self.draft.token}},
            "share_image": {"": resolve(self.article.drawing.url.partition("?")[0]).kwargs},
            **{f"articles:topic_feed_{form}": {"largest": _slug(subject)} for form in feeds},
            **{f"articles:author_feed_{form}": {"largest": _slug(author)} for form in feeds},
            "articles:topic": {"largest": _slug(subject)},
            "articles:author": {"largest": _slug(author)},
            "articles:article": facts,
            **texts,
            "articles:article_markdown": facts,
            **{f"{name}_markdown": sample for name, sample in texts.items()},
        }

    def with_query(self) -> dict[str, dict[str, list[tuple[str, str]]]]:
        """Return the queries of views whose content depends on one, by the remark about each."""
        four = {"four models": [("m", model.slug) for model in self.compared]}
        hundred = {"100": [("limit", "100")]}
        return {
            "catalog:list": {
                "checked": [("show", "checked")],
                "two facets": [("capability", "tool_calls"), ("openness", "weights")],
                "by price": [("sort", "price")],
                "words": [("q", "gpt")],
                "page 3": [("page", "3")],
            },
            "catalog:suggest": {"words": [("q", "gpt")]},
            "suggest": {"words": [("q", "gpt")]},
            "catalog:compare": four,
            "catalog:cost": four,
            "catalog:check": {"four models": [("models", ",".join(sorted(model.slug for model in self.compared)))]},
            "catalog:charts": {"four models": [("model", model.slug) for model in self.compared]},
            "catalog:retiring": {"six months": [("within", "6")]},
            "catalog:providers": {"of a kind": [("kind", "cloud")]},
            "search": {"words": [("q", "context window")]},
            "sitemap": {"models": [("kind", "catalog.aimodel"), ("part", "1")]},
            "api-models-list": hundred,
            "api-offerings-list": hundred,
            "api-changes": hundred,
            "api-records": {"four models": [("ids", ",".join(str(model.public_id) for model in self.compared))]},
        }

    def of_admin(self) -> dict:
        """Return the records whose change forms are measured, by model."""
        return {type(record): record for record in (self.model, self.provider, self.article, self.offering)}


def _slug(record) -> dict:
    return {"slug": record.slug}


def _admin(records: Records) -> list[Sample]:
    admin_samples = [Sample(view, "", reverse(view)) for view in ADMIN_PAGES]
    chosen = records.of_admin()
    for model in admin.site._registry:
        stem = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        if model is not SiteSettings:  # its list leads to its only form
            admin_samples.append(Sample(f"{stem}_changelist", "", reverse(f"{stem}_changelist")))
        of_kind = {"kind": model.own_kind} if getattr(model, "own_kind", "") else {}
        record = chosen.get(model) or model._default_manager.filter(**of_kind).order_by("pk").first()
        if record is not None:
            admin_samples.append(Sample(f"{stem}_change", "", reverse(f"{stem}_change", args=[record.pk])))
    return admin_samples
