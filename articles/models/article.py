import re
from collections.abc import Collection
from typing import Self, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import is_valid_path, resolve, reverse
from django.utils.functional import cached_property
from taggit.managers import TaggableManager

from articles.models.author import Author
from articles.models.topic import Topic
from articles.sections.composing import composed
from articles.sections.field import SectionsField
from articles.sections.schema import cleaned
from ops.db.json_rows import records_of
from ops.http.urls import route
from publishing.content.prose import Prose, ProseQuerySet
from publishing.content.publishable import ListPage, Publishable, State, published_requires
from publishing.content.tag import TagLink
from publishing.images.illustrations import Drawing, drawing_of
from publishing.images.illustrations.motifs import MOTIFS
from publishing.richtext import RichTextField
from publishing.richtext.allowlist import check_length
from publishing.search.part import SearchedPart
from publishing.site.call_to_action import CALL_COLUMNS, CallToAction


class ArticleKind(models.TextChoices):
    """The kind of a text, which also decides its URL: under /articles/, /services/ and so on."""

    ARTICLE = "article", "Article"
    SERVICE = "service", "Service"
    CASE_STUDY = "case_study", "Case study"
    PAGE = "page", "Page"

    @property
    def plural(self) -> str:
        return "Case studies" if self is ArticleKind.CASE_STUDY else f"{self.label}s"


# Work with a model is more relevant to it than an article about it.
KINDS_BY_WEIGHT = [ArticleKind.CASE_STUDY, ArticleKind.SERVICE, ArticleKind.ARTICLE, ArticleKind.PAGE]
# Kinds with a table of details, and the labels of what buyers look for there.
USUAL_DETAILS = {
    ArticleKind.SERVICE: ("Start here if", "Meant for", "You get", "Effort and price", "Duration"),
    ArticleKind.CASE_STUDY: ("Relevant if", "Problem", "Approach", "Result", "Basis of the result", "Technology"),
}
ON_CARDS = {*USUAL_DETAILS[ArticleKind.SERVICE], "Price", "Relevant if", "Result"}
DATED = {ArticleKind.ARTICLE, ArticleKind.CASE_STUDY}  # readers see when these were published
PRICE = "Effort and price"
PRICE_WORDS = "cost, charge and fee"  # under which search finds services with a price
LONGEST_FIGURE = 20  # characters of a detail in large type, such as “83 days”
# The columns of its parts that pages show, in the order of their tables.
AUTHOR_COLUMNS = ("id", "slug", "name", "role", "picture_id", "kind", "links")
TOPIC_COLUMNS = ("id", "slug", "name", *CALL_COLUMNS)
QUESTION_COLUMNS = ("id", "slug", "question", "answer")
DETAIL_COLUMNS = ("id", "label", "value")
FRONT = "home"  # the address of the page that is shown as the front page
# Title and route of the list of each kind. Plain pages have none.
LISTS = {
    ArticleKind.ARTICLE: ("Articles", "articles:list"),
    ArticleKind.SERVICE: ("Services", "articles:services"),
    ArticleKind.CASE_STUDY: ("Case studies", "articles:case_studies"),
    ArticleKind.PAGE: ("Pages", ""),
}


class ArticleQuerySet(ProseQuerySet["Article"]):
    def for_search(self) -> Self:
        return self.prefetch_related("details")

    def of_kind(self, kind: ArticleKind) -> Self:
        return self.filter(kind=kind)


class Article(CallToAction, Prose):
    """A text of any kind. In the admin this model is the kind "article"; the other kinds are proxies of it."""

    own_kind = ArticleKind.ARTICLE
    address_fields = ("slug", "kind")
    summary_field = "summary"
    required_to_publish = ("title", "summary", "body")
    page_shows = (("faq.Question", "article_links__article"),)
    cover_field = "cover"
    has_markdown = True
    # Columns that API and Markdown state, beyond title, summary and dates.
    stated_fields = ("kind", "is_worked_example")
    details: models.QuerySet
    byline_rows: list | None
    topic_rows: list | None
    question_rows: list | None
    detail_rows: list | None
    author_links: models.QuerySet
    question_links: models.QuerySet
    read_also_links: models.QuerySet

    revised_rows = ("author_links", "details", "question_links", "read_also_links")

    kind = models.CharField(
        max_length=10,
        choices=ArticleKind,
        default=ArticleKind.ARTICLE,
        db_index=True,
        help_text="Decides where it appears on the site. Changing it changes the address.",
    )
    title = models.CharField(max_length=200, blank=True)
    summary = models.TextField(
        max_length=400, blank=True, help_text="Two or three sentences under the title: what readers get from it."
    )
    body = RichTextField(blank=True)
    # Of plain pages. If there are any, the body is composed from them whenever the text is written.
    sections = SectionsField(default=list, blank=True)
    cover = models.ForeignKey("publishing.Image", models.PROTECT, null=True, blank=True, related_name="+")
    cover_alt = models.CharField(
        "alternative text of the cover",
        max_length=300,
        blank=True,
        help_text="What the image shows here. If empty, the image’s own alternative text is used.",
    )
    drawn = models.CharField(
        max_length=80, blank=True, editable=False, help_text="Motif and values of the drawn cover."
    )
    authors = models.ManyToManyField(Author, through="ArticleAuthor", related_name="articles", blank=True)
    topics = TaggableManager("topics", through="ArticleTopic", blank=True, help_text="Topics of the article.")
    read_also = models.ManyToManyField("self", through="ReadAlso", symmetrical=False, blank=True)
    questions = models.ManyToManyField("faq.Question", through="PlacedQuestion", related_name="articles", blank=True)
    is_worked_example = models.BooleanField(
        "worked example",
        default=False,
        help_text="Calculated or assumed, not a client project. Readers are told so on the page and in lists.",
    )
    show_in_footer = models.BooleanField(
        "show in footer",
        default=True,
        db_default=True,
        help_text="Whether the footer of every page links to it. Leave it off for campaign pages.",
    )
    facts_checked_on = models.DateField(
        null=True, blank=True, help_text="When its facts were last checked against their sources. Shown to readers."
    )

    objects = ArticleQuerySet.as_manager()

    class Meta(Prose.Meta):
        indexes = [
            # In the order of lists, including the columns that `published()` checks.
            models.Index(
                "kind",
                models.F("first_published_at").desc(),
                models.F("id").desc(),
                "public_from",
                "public_until",
                name="articles_listed",
            ),
            models.Index(fields=["public_from"], name="articles_public_from"),
            models.Index(fields=["review_by"], name="articles_review_by"),
        ]
        constraints = [*Prose.Meta.constraints, published_requires("title", "slug", "summary", "body")]

    def __init__(self, *args, **kwargs):
        if not args:  # a new instance, not a database row
            kwargs.setdefault("kind", self.own_kind)
        super().__init__(*args, **kwargs)

    @classmethod
    def address_of(cls, slug: str, kind: str) -> str:
        return route("home") if slug == FRONT and kind == ArticleKind.PAGE else route(f"articles:{kind}", slug)

    @classmethod
    def indexed(cls) -> ArticleQuerySet:
        """Leave out the front page, which is always there."""
        return cls.objects.published().exclude(kind=ArticleKind.PAGE, slug=FRONT)

    @classmethod
    def in_footer(cls) -> ArticleQuerySet:
        pages = cls.objects.published_sometime().of_kind(ArticleKind.PAGE)
        return pages.filter(show_in_footer=True).exclude(slug=FRONT)

    @classmethod
    def list_labels(cls) -> dict[str, str]:
        """Call the case studies worked examples as long as all of them are. One query."""
        studies = cls.objects.published_sometime().of_kind(ArticleKind.CASE_STUDY)
        kinds = set(studies.order_by().values_list("is_worked_example", flat=True).distinct())
        return {reverse("articles:case_studies"): "Worked examples"} if kinds == {True} else {}

    def search_kind(self) -> type[Publishable]:
        return next(model for model in (Article, *Article.__subclasses__()) if model.own_kind == self.kind)

    @classmethod
    def lists(cls) -> list[ListPage]:
        texts = cls.objects.published().newest_first()
        return [
            ListPage(title, reverse(route) if route else "", texts.of_kind(kind))
            for kind, (title, route) in LISTS.items()
        ]

    @classmethod
    def derived(cls, fields: dict) -> dict:
        return {"body": composed(fields["sections"])} if fields.get("sections") else {}

    def place_of(self, record: models.Model) -> str:
        reference = re.compile(rf":{record._meta.label_lower}/{record.pk}\b")
        places = [f"section {n}" for n, section in enumerate(self.sections, 1) if reference.search(composed([section]))]
        return ", ".join(places)

    def compose(self) -> None:
        """Check the sections, if there are any, and compose the body from them. Raises ValidationError."""
        if not self.sections:
            return
        try:
            if self.kind != ArticleKind.PAGE:
                raise ValidationError("Only pages have sections.")
            self.sections = cleaned(self.sections)
            self.body = composed(self.sections)
            check_length(self.body)
            if self.state == State.PUBLISHED:
                cleaned(self.sections, is_complete=True)
        except ValidationError as error:
            raise ValidationError({"sections": error}) from None

    def prepare(self, taken: Collection[str] = frozenset()) -> None:
        self.compose()
        super().prepare(taken)
        if self.kind != ArticleKind.PAGE and self.body:
            self.drawn = drawing_of(self.body, self.slug, self.title).subject

    def clean(self) -> None:
        errors: dict = {}
        for check in (self.compose, super().clean):
            try:
                check()
            except ValidationError as error:
                error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)
        if self.kind == ArticleKind.PAGE and self.slug != FRONT and self._is_address_taken():
            raise ValidationError({"slug": "Another page of the site uses this address. Choose another one."})

    def _is_address_taken(self) -> bool:
        address = self.get_absolute_url()
        is_of_files = address in {settings.STATIC_URL, settings.MEDIA_URL}
        is_other_view = resolve(address).view_name != f"articles:{ArticleKind.PAGE}"
        return is_of_files or is_other_view or bool(is_valid_path(address.rstrip("/")))

    def place_among_uses(self) -> tuple[int, str]:
        kind = ArticleKind(self.kind)
        return KINDS_BY_WEIGHT.index(kind), "Worked examples" if self.is_worked_example else kind.plural

    @property
    def drawing(self) -> Drawing:
        """Return the drawing of its body, with its first figure or else its title."""
        motif, _, values = self.drawn.partition("-")
        figures = ((detail.value, detail.label) for detail in self.detail_list if detail.is_figure)
        # It may have been drawn with a motif that is there no more.
        return Drawing(motif, values, next(figures, (self.title,))) if motif in MOTIFS else super().drawing

    @property
    def spoken_cover_alt(self) -> str:
        """Return the alt text of the cover on the article's page."""
        return (self.cover_alt or self.cover.spoken_alt) if self.cover else ""

    # The next four are read with the article by articles.related.with_parts().

    @cached_property
    def byline(self) -> list[Author]:
        """Return its public authors in order, without their texts."""
        return records_of(Author, AUTHOR_COLUMNS, self.byline_rows)

    @cached_property
    def topic_list(self) -> list[Topic]:
        """Return its public topics in order, without their texts. A plain page has none."""
        return [] if self.kind == ArticleKind.PAGE else records_of(Topic, TOPIC_COLUMNS, self.topic_rows)

    @cached_property
    def question_list(self) -> list:
        """Return the public questions shown below its text, in order."""
        question = PlacedQuestion._meta.get_field("question").related_model
        return records_of(cast(type[models.Model], question), QUESTION_COLUMNS, self.question_rows)

    @cached_property
    def detail_list(self) -> list["Detail"]:
        if self.kind not in USUAL_DETAILS:
            return []
        has_rows = hasattr(self, "detail_rows")
        return records_of(Detail, DETAIL_COLUMNS, self.detail_rows) if has_rows else list(self.details.all())

    @property
    def card_details(self) -> list["Detail"]:
        return [detail for detail in self.detail_list if detail.label in ON_CARDS]

    @property
    def kind_name(self) -> str:
        """Return the kind as readers are told it: a worked example is not called a case study."""
        return "Worked example" if self.is_worked_example else str(ArticleKind(self.kind).label)

    @property
    def kicker(self) -> str:
        """Return what cards say above the title: an article's first public topic, if any; else the kind of the text."""
        is_other = self.kind != ArticleKind.ARTICLE
        return self.kind_name if is_other else "".join(topic.name for topic in self.topic_list[:1])

    @property
    def is_dated(self) -> bool:
        return self.kind in DATED

    def search_texts(self) -> dict[str, str]:
        texts = super().search_texts()
        details = [f"{detail.label}: {'. '.join(detail.lines)}" for detail in self.detail_list]
        note = self.kind_name if self.is_worked_example else ""
        # Who searches for a price, in any word, looks for the services.
        facts = {detail.label: detail.lines[0].split(";")[0] for detail in self.detail_list}
        priced = [facts[label] for label in (PRICE, "Duration") if PRICE in facts and label in facts]
        keywords = "\n".join([*details, PRICE_WORDS] if priced else details)
        return texts | {"note": note or " · ".join(priced), "keywords": keywords}


class Placement(models.Model):
    """A row that links an article to a record shown with it, in the editor's order."""

    position = models.PositiveSmallIntegerField("order", default=0, help_text="1 comes first.")

    class Meta:
        abstract = True
        ordering = ["position", "pk"]


class ArticleAuthor(Placement):
    article = models.ForeignKey(Article, models.CASCADE, related_name="author_links")
    author = models.ForeignKey(Author, models.PROTECT, related_name="article_links")

    class Meta(Placement.Meta):
        verbose_name = "author of the article"
        constraints = [models.UniqueConstraint(fields=["article", "author"], name="article_author_once")]

    def __str__(self):
        return f"{self.author}"


class ReadAlso(Placement):
    article = models.ForeignKey(Article, models.CASCADE, related_name="read_also_links")
    other = models.ForeignKey(Article, models.CASCADE, related_name="recommended_by_links", verbose_name="article")

    class Meta(Placement.Meta):
        verbose_name = "article to read also"
        verbose_name_plural = "articles to read also"
        constraints = [
            models.UniqueConstraint(fields=["article", "other"], name="read_also_once"),
            models.CheckConstraint(
                condition=~models.Q(article=models.F("other")),
                name="read_also_is_another",
                violation_error_message="An article cannot recommend itself.",
            ),
        ]

    def __str__(self):
        return f"{self.other}"


class Detail(SearchedPart, Placement):
    """A row in the table of a service or case study, such as the client, the measurements or the method."""

    part_of = "article"

    article = models.ForeignKey(Article, models.CASCADE, related_name="details")
    label = models.CharField(max_length=100)
    value = models.TextField(
        max_length=1000,
        help_text="Several lines are shown as a list, and a number with its unit, such as “83 days”, in large type.",
    )

    class Meta(Placement.Meta):
        verbose_name = "detail"

    def __str__(self):
        return f"{self.label}: {self.value}"

    @property
    def is_figure(self) -> bool:
        """Return whether it is a number with its unit, which readers see in large type above its label."""
        return self.value[:1].isdigit() and len(self.value) <= LONGEST_FIGURE

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.value.splitlines() if line.strip()]


class PlacedQuestion(Placement):
    article = models.ForeignKey(Article, models.CASCADE, related_name="question_links")
    question = models.ForeignKey("faq.Question", models.CASCADE, related_name="article_links")

    class Meta(Placement.Meta):
        verbose_name = "question shown in the article"
        verbose_name_plural = "questions shown in the article"
        constraints = [models.UniqueConstraint(fields=["article", "question"], name="placed_question_once")]

    def __str__(self):
        return f"{self.question}"


class ArticleTopic(TagLink):
    tag = models.ForeignKey(Topic, models.CASCADE, related_name="article_links")
    content_object = models.ForeignKey(Article, models.CASCADE, related_name="topic_links")

    class Meta(TagLink.Meta):
        verbose_name = "topic of the article"
