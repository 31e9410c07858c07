"""Stored similarity of pairs of articles."""

from django.db import models

from articles.models.article import Article


class RelatedArticle(models.Model):
    """One of the articles most similar to `article`. Written only by `articles.related`."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="related_rows")
    other = models.ForeignKey(Article, models.CASCADE, related_name="related_from_rows")
    in_common = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["article", "other"], name="related_article_once")]

    def __str__(self):
        return f"{self.article} and {self.other}: {self.in_common}"
