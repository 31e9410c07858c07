import pytest
from django.contrib.contenttypes.models import ContentType

from articles.models import Article
from faq.models import Question
from publishing.content.reference import Reference
from publishing.content.registry import publishable_models
from publishing.quality.where_used import where_used
from publishing.richtext import rich_text_fields
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def link(record, words="see there"):
    return f'<a href="ref:{record._meta.label_lower}/{record.pk}">{words}</a>'


def mentioning(*records, words="see there"):
    return "".join(f"<p>{link(record, words)}</p>" for record in records)


def targets_of(source):
    source_type = ContentType.objects.get_for_model(source)
    return {row.target for row in Reference.objects.filter(source_type=source_type, source_id=source.pk)}


@pytest.fixture
def question():
    return factories.question()


@pytest.fixture
def other():
    return factories.question()


def test_save_keeps_the_rows_in_step_with_the_text(question, other):
    article = factories.article(body=mentioning(question))
    assert targets_of(article) == {question}
    article.body = mentioning(other)
    article.save()
    assert targets_of(article) == {other}
    article.body = "<p>Nothing.</p>"
    article.save()
    assert targets_of(article) == set()


def test_row_says_by_which_words_and_in_which_field(question):
    factories.article(body=f"<p>Read {link(question, 'this <strong>answer</strong>')} first.</p>")
    row = Reference.objects.get()
    assert (row.words, row.field, row.target) == ("this answer", "body", question)


def test_saving_without_a_change_writes_no_row(question, django_assert_num_queries):
    article = factories.article(body=mentioning(question, question))
    before = list(Reference.objects.order_by("pk").values_list("pk", flat=True))
    article.save()
    assert list(Reference.objects.order_by("pk").values_list("pk", flat=True)) == before
    assert len(before) == 2


def test_update_keeps_the_rows_in_step(question, other):
    one, two = factories.article(body=mentioning(question)), factories.article()
    Article.objects.filter(body__contains="Words").update(body=mentioning(other))
    assert targets_of(one) == {question}
    assert targets_of(two) == {other}


def test_update_that_leaves_its_own_filter_still_keeps_the_rows_in_step(question, other):
    article = factories.article(title="Before", body=mentioning(question))
    Article.objects.filter(title="Before").update(title="After", body=mentioning(other))
    assert targets_of(article) == {other}


def test_bulk_create_makes_the_rows(question):
    articles = Article.objects.bulk_create([Article(title="A", body=mentioning(question)), Article(title="B")])
    assert [targets_of(article) for article in articles] == [{question}, set()]


def test_bulk_update_keeps_the_rows_in_step(question, other):
    articles = [factories.article(body=mentioning(question)), factories.article()]
    for article in articles:
        article.body = mentioning(other)
    Article.objects.bulk_update(articles, ["body"])
    assert [targets_of(article) for article in articles] == [{other}, {other}]


def test_bulk_create_makes_no_row_for_what_the_sanitiser_takes_away(question):
    hidden = f"<script>{link(question)}</script><p>Words.</p>"
    Article.objects.bulk_create([Article(title="A", body=hidden)])
    assert not Reference.objects.exists()


def test_text_in_memory_that_was_not_saved_makes_no_row(question):
    article = factories.article()
    article.body = mentioning(question)
    article.save(update_fields=["title"])
    assert not Reference.objects.exists()
    article.save(update_fields=["body"])
    assert targets_of(article) == {question}


def test_deleted_source_takes_its_rows_along(question):
    factories.article(body=mentioning(question)).delete()
    factories.article(body=mentioning(question))
    Article.objects.all().delete()
    assert not Reference.objects.exists()


def test_rows_of_several_kinds_of_source_do_not_mix(question):
    article = factories.article(body=mentioning(question))
    answer = factories.question(answer=mentioning(article))
    Question.objects.filter(pk=answer.pk).update(answer="<p>None.</p>")
    assert targets_of(article) == {question}
    assert targets_of(answer) == set()


@pytest.mark.parametrize(
    "address", ["ref:nowhere.nothing/1", "ref:articles.article/slug-only", "https://example.com/ref:faq.question/1"]
)
def test_addresses_that_name_no_record_make_no_row(address):
    factories.article(body=f'<p><a href="{address}">words</a></p>')
    assert not Reference.objects.exists()


def test_fact_is_a_reference_to_its_record():
    author = factories.author()
    article = factories.article(body=f'<p><a href="fact:articles.author/{author.pk}/role">its role</a></p>')
    assert targets_of(article) == {author}


def test_picture_in_a_text_is_a_reference():
    image = factories.image()
    article = factories.article(body=f'<figure><img src="ref:publishing.image/{image.pk}" alt="A square"></figure>')
    assert targets_of(article) == {image}
    assert [(use.source, use.how) for use in where_used(image)] == [(article, "“A square”")]


def test_every_kind_of_record_with_rich_text_keeps_references(question):
    for model in publishable_models():
        for name in rich_text_fields(model):
            record = factories.publishable(model, f"keeps{name}", **{name: mentioning(question)})
            assert question in targets_of(record), f"{model._meta.label}.{name}"


def test_number_of_queries_to_sync_many_does_not_depend_on_how_many(question, django_assert_max_num_queries):
    articles = [factories.article(body=mentioning(question)) for _ in range(20)]
    ContentType.objects.get_for_model(Article)
    with django_assert_max_num_queries(2):
        Reference.objects.sync(articles)


# Where used ----------------------------------------------------------------------------------------


def uses(record):
    return [(use.source, use.how) for use in where_used(record)]


def test_used_by_names_texts_first_then_relations(question):
    placing = factories.article()
    placing.question_links.create(question=question)
    mentioning_it = factories.article(body=mentioning(question, words="a short answer"))
    assert uses(question) == [
        (mentioning_it, "“a short answer”"),
        (placing, "question shown in the article"),
    ]


def test_record_does_not_count_as_used_by_what_it_has_chosen_itself():
    author, topic, question, other = factories.author(), factories.topic(), factories.question(), factories.article()
    article = factories.article(authors=[author], topics=[topic])
    article.question_links.create(question=question)
    article.read_also_links.create(other=other)
    assert uses(article) == []
    assert [source for source, _ in uses(author)] == [article]
    assert [source for source, _ in uses(topic)] == [article]
    assert [source for source, _ in uses(other)] == [article]


def test_used_by_names_relations_that_are_columns():
    image, topic = factories.image(), factories.question_topic()
    article, question = factories.article(cover=image), factories.question(topic=topic)
    assert uses(image) == [(article, "cover")]
    assert uses(topic) == [(question, "topic")]


def test_used_by_is_empty_for_a_record_of_the_same_number_but_another_kind(question):
    article = factories.article(pk=question.pk + 1000, body=mentioning(question))
    namesake = factories.author(pk=question.pk)
    assert uses(namesake) == []
    assert uses(question) == [(article, "“see there”")]


def test_used_by_names_drafts_too(question):
    draft = factories.article(state="draft", body=mentioning(question))
    assert uses(question) == [(draft, "“see there”")]
