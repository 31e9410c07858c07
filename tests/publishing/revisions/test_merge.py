"""The merge of two versions: blocks are aligned, every choice is honoured, and nothing is lost without one."""

import pytest

from publishing.content.publishable import State
from publishing.revisions.merge import aligned, blocks, merged
from publishing.revisions.models import Action, Revision
from publishing.revisions.snapshot import read
from publishing.workflow.actions import ActionRequest, perform_action, token_of
from tests import factories

pytestmark = pytest.mark.django_db
ONE = '<h2 id="a">A</h2><p>Same.</p><p>Ada wrote <strong>this</strong>.</p><ul><li><p>x</p></li></ul>'
OTHER = '<h2 id="a">A</h2><p>Same.</p><p>Ben wrote this.</p><hr><ul><li><p>x</p></li></ul><p>The end.</p>'


def test_blocks_joined_are_the_body():
    figure = '<figure><img src="/media/1" alt="a > b"><figcaption>c</figcaption></figure>'
    assert blocks(ONE) == [
        '<h2 id="a">A</h2>',
        "<p>Same.</p>",
        "<p>Ada wrote <strong>this</strong>.</p>",
        "<ul><li><p>x</p></li></ul>",
    ]
    for body in (ONE, OTHER, f"{figure}<p>a<br>b</p>{figure}", "words <b>alone</b> here", ""):
        assert "".join(blocks(body)) == body
    assert blocks(f"{figure}<p>a<br>b</p>") == [figure, "<p>a<br>b</p>"]


def test_the_blocks_of_both_sides_are_aligned():
    pairs = aligned(blocks(ONE), blocks(OTHER))
    assert [block for left, _ in pairs for block in left] == blocks(ONE)
    assert [block for _, right in pairs for block in right] == blocks(OTHER)
    assert pairs[0][0] == pairs[0][1]
    assert pairs[-1] == ([], ["<p>The end.</p>"])


def contents():
    article = factories.article(title="Ada", body=ONE)
    one = read(article)
    return article, one, {**one, "fields": one["fields"] | {"title": "Ben", "body": OTHER}}


def test_choices_make_the_content_and_without_one_nothing_of_a_text_is_lost():
    article, one, other = contents()
    model = type(article)
    kept = merged(model, one, other, {})["fields"]
    assert kept["title"] == "Ada"
    for block in {*blocks(ONE), *blocks(OTHER)}:
        assert block in kept["body"]
    keys = [f"body-{number}" for number in range(len(aligned(blocks(ONE), blocks(OTHER))))]
    mine = merged(model, one, other, dict.fromkeys(keys, "other") | {"fields-title": "other"})
    assert (mine["fields"]["title"], mine["fields"]["body"]) == ("Ben", OTHER)
    assert merged(model, one, other, dict.fromkeys(keys, "one"))["fields"]["body"] == ONE


def test_a_merge_settles_a_conflict_and_keeps_both_versions(client):
    ada, ben = factories.administrator(), factories.administrator()
    article = factories.article(title="Costs", body="<p>One.</p><p>Two.</p>", state=State.DRAFT)
    article.refresh_from_db()
    begun = token_of(article, None)

    def save(person, body):
        content = read(article)
        content = content | {"fields": content["fields"] | {"body": body}}
        return perform_action(article, ActionRequest(Action.SAVE, content, author=person, token=begun))

    head = save(ada, "<p>One by Ada.</p><p>Two.</p>").revision
    outcome = save(ben, "<p>One.</p><p>Two by Ben.</p>")
    assert outcome.is_conflict
    client.force_login(ben)
    base = f"/admin/articles/article/{article.pk}"
    page = client.get(f"{base}/history/compare/?one=latest&other=mine").content.decode()
    assert "Save the merged text" in page
    choices = {"one": head.pk, "other": outcome.revision.pk, "body-0": "one", "body-1": "other"}
    assert client.post(f"{base}/history/merge/", choices)["Location"] == f"{base}/change/"
    article.refresh_from_db()
    assert article.body == "<p>One by Ada.</p><p>Two by Ben.</p>"
    bodies = {revision.content["fields"]["body"] for revision in Revision.objects.of(article)}
    assert bodies >= {"<p>One by Ada.</p><p>Two.</p>", "<p>One.</p><p>Two by Ben.</p>", article.body}
    assert Revision.objects.unsettled(article, ben) is None
    # Merged once more from the version before: somebody saved since, so this is a conflict in turn.
    assert "/compare/" in client.post(f"{base}/history/merge/", choices | {"body-0": "other"})["Location"]
