"""Pre-flight checks of what readers expect with an article."""

from articles.models import Article, ArticleKind
from publishing.quality.preflight.rules import Finding, PreflightSubject, check, found


@check
def check_what_goes_with_it(subject: PreflightSubject) -> list[Finding]:
    """Report an article without an author or a topic; texts of other kinds often have none."""
    article = subject.record
    if not isinstance(article, Article) or article.kind != ArticleKind.ARTICLE:
        return []
    authors, topics = subject.rows.get("author_links"), subject.tags.get("topics")
    return ([] if authors else [found("author_missing", "author_links")]) + (
        [] if topics else [found("topic_missing", "topics")]
    )
