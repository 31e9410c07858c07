"""Fill a new site of version 0.2; run by its own code. Prints as JSON what the tests expect to find again."""

import hashlib
import io
import json
from datetime import UTC, datetime

import django

django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402
from django.core.files.base import ContentFile  # noqa: E402
from django.utils import timezone  # noqa: E402
from PIL import Image as Picture  # noqa: E402

from articles.models import Article  # noqa: E402
from catalog.models import AIModel  # noqa: E402
from faq.models import Question, QuestionTopic  # noqa: E402
from publishing.api.partner import Partner, PartnerKey  # noqa: E402
from publishing.content.publishable import State  # noqa: E402
from publishing.images.models import Image  # noqa: E402
from publishing.revisions.models import Action, Revision  # noqa: E402
from publishing.workflow.actions import ActionRequest, latest_content, perform_action  # noqa: E402

FAR = datetime(2100, 1, 1, 9, tzinfo=UTC)


def account(name: str, password: str, group: str = "", **fields) -> User:
    person = User.objects.create_user(name, password=password, is_staff=True, **fields)
    if group:
        person.groups.add(Group.objects.get(name=group))
    return person


def article(title: str, **fields) -> Article:
    values = {"title": title, "summary": f"About {title.lower()}.", "body": f"<p>First words on {title.lower()}.</p>"}
    return Article.objects.create(**{"state": State.PUBLISHED, **values, **fields})


def act(record, action: Action, author: User, go_live_at: datetime | None = None, **fields):
    content = latest_content(record)
    content["fields"] |= fields
    perform_action(record, ActionRequest(action, content, author=author, go_live_at=go_live_at))


def picture() -> Image:
    file = io.BytesIO()
    Picture.new("RGB", (400, 300), "teal").save(file, "PNG")
    return Image.objects.create(file=ContentFile(file.getvalue(), "boat.png"), alt="A boat")


def main():
    account("marie", "the lighthouse keeper", is_superuser=True)
    ada = account("ada", "three blue herons", "Editor")
    image = picture()
    live = article("Lighthouses", cover=image)
    act(live, Action.SAVE, ada, body="<p>Second words on lighthouses.</p>")
    unseen = article("Harbours", state=State.DRAFT)
    due, later = article("Tides"), article("Currents")
    act(due, Action.SCHEDULE, ada, FAR, body="<p>The tide has turned.</p>")
    Revision.objects.waiting().update(go_live_at=timezone.now())
    act(later, Action.SCHEDULE, ada, FAR, body="<p>The current has turned.</p>")
    question = Question.objects.create(
        question="Who keeps the light?",
        answer="<p>A keeper.</p>",
        topic=QuestionTopic.objects.create(name="Keepers"),
        state=State.PUBLISHED,
    )
    model = AIModel.objects.published().order_by("slug").first()
    AIModel.objects.filter(pk=model.pk).update(notice="Checked by Ada.")
    _, key = PartnerKey.objects.create_key(name="Nightly", partner=Partner.objects.create(organisation="Harbour Ltd"))
    facts = {
        "passwords": {"marie": "the lighthouse keeper", "ada": "three blue herons"},
        "key": key,
        "media": {image.file.name: hashlib.sha256(image.file.read()).hexdigest()},
        "draft": {"id": live.pk, "path": live.get_absolute_url()},
        "unseen": {"id": unseen.pk, "path": unseen.get_absolute_url()},
        "due": {"id": due.pk, "path": due.get_absolute_url()},
        "later": {"id": later.pk, "path": later.get_absolute_url()},
        "question": {"id": question.pk, "path": question.get_absolute_url()},
        "model": {"id": model.pk, "path": model.get_absolute_url()},
    }
    print(json.dumps(facts, indent=1))


main()
