"""The kinds of text beside the article: the same table, each with its own name, permissions and place in the admin.

Their `objects` reach all kinds, since an address must be unique among all: `of_kind()` chooses.
"""

from articles.models.article import Article, Kind
from publishing.content.prose import Prose


class Service(Article):
    own_kind = Kind.SERVICE

    class Meta:
        proxy = True
        default_permissions = Prose.Meta.default_permissions


class CaseStudy(Article):
    own_kind = Kind.CASE_STUDY

    class Meta:
        proxy = True
        default_permissions = Prose.Meta.default_permissions
        verbose_name = "case study"
        verbose_name_plural = "case studies"


class Page(Article):
    own_kind = Kind.PAGE

    class Meta:
        proxy = True
        default_permissions = Prose.Meta.default_permissions
