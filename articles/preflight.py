"""Pre-flight checks of what readers expect with an article."""

from articles.models import USUAL_DETAILS, Article, ArticleKind
from publishing.quality.preflight.rules import Finding, PreflightSubject, check, finding_of


@check
def check_what_goes_with_it(subject: PreflightSubject) -> list[Finding]:
    """Report an article without an author or a topic; texts of other kinds often have none."""
    article = subject.record
    if not isinstance(article, Article) or article.kind != ArticleKind.ARTICLE:
        return []
    authors, topics = subject.rows.get("author_links"), subject.tags.get("topics")
    return ([] if authors else [finding_of("author_missing", "author_links")]) + (
        [] if topics else [finding_of("topic_missing", "topics")]
    )


@check
def check_details(subject: PreflightSubject) -> list[Finding]:
    """Report what buyers look for in a service or case study and do not find in its table of details."""
    text = subject.record
    if not isinstance(text, Article) or text.kind not in USUAL_DETAILS:
        return []
    usual = USUAL_DETAILS[ArticleKind(text.kind)]
    if text.kind == ArticleKind.CASE_STUDY and not text.is_worked_example:
        usual = ("Client", *usual)
    present = {row["label"] for row in subject.rows.get("details", [])}
    missing = [label for label in usual if label not in present]
    return [finding_of("details_missing", "details", labels=", ".join(missing))] if missing else []
