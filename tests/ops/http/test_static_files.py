from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command

from ops.http.static_files import BUNDLES, bundled

SITE, ADMIN = BUNDLES


def test_bundle_holds_every_style_of_the_public_pages_once():
    text = Path(finders.find(SITE)).read_text(encoding="utf-8")
    folder = Path(finders.find(SITE)).parent
    for path in [*folder.glob("components/*.css"), folder / "tokens.css", folder / "base.css", folder / "layout.css"]:
        assert text.count(f'@import "{path.relative_to(folder)}";') == 1, path


def test_bundle_of_the_admin_holds_its_styles_once_but_for_those_of_single_pages():
    text = Path(finders.find(ADMIN)).read_text(encoding="utf-8")
    of_single_pages = {"catalog.css", "preview.css"}
    paths = [*Path(finders.find(ADMIN)).parent.glob("admin/*.css")]
    assert paths
    for path in paths:
        assert text.count(f'@import "admin/{path.name}";') == (path.name not in of_single_pages), path


def test_what_is_collected_is_one_file_made_anew_from_the_sources(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]  # no files of other apps
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "ops.http.static_files.BundledStaticFilesStorage"},
    }
    for _ in range(2):  # the second time all files exist already
        call_command("collectstatic", interactive=False, verbosity=0)
    (collected,) = tmp_path.glob("css/site.*.css")
    style = collected.read_text(encoding="utf-8")
    assert "@import" not in style
    assert ".masthead" in style
    assert 'url("../fonts/newsreader-roman.' in style


def test_style_of_a_folder_below_names_no_files():
    files = {SITE: '@import "components/x.css";\n', "css/components/x.css": "a { background: url(x.png) }"}
    with pytest.raises(ValueError, match=r"components/x\.css"):
        bundled(SITE, files.get)
