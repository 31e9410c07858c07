"""The kinds of text beside the article, as proxies with their own name, permissions and place in the admin.

Their `objects` include all kinds, because slugs must be unique among all; use `of_kind()` to filter.
"""

from articles.models.article import Article, ArticleKind
from publishing.content.prose import Prose


class KindMeta:
    proxy = True
    default_permissions = Prose.Meta.default_permissions


class Service(Article):
    own_kind = ArticleKind.SERVICE

    class Meta(KindMeta):
        pass


class CaseStudy(Article):
    own_kind = ArticleKind.CASE_STUDY

    class Meta(KindMeta):
        verbose_name = "case study"
        verbose_name_plural = "case studies"


class Page(Article):
    own_kind = ArticleKind.PAGE

    class Meta(KindMeta):
        pass
