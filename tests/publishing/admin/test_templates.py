"""Forms of included templates have their token: `only` would keep it from them, and posts would be refused."""

import re

from django.conf import settings

INCLUDE = re.compile(r'{% include "([^"]+)"[^%]* only %}')


def test_included_forms_get_the_token():
    [folder] = settings.TEMPLATES[0]["DIRS"]
    texts = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.html")}
    found = [(name, call) for name, text in texts.items() for call in INCLUDE.finditer(text)]
    forms = [(name, call) for name, call in found if "{% csrf_token %}" in texts.get(call[1], "")]
    assert forms
    assert [(name, call[1]) for name, call in forms if "csrf_token=csrf_token" not in call[0]] == []
