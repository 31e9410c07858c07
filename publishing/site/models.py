"""The settings of the site and the company: one row, created empty by a migration."""

from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator, URLValidator, validate_email
from django.db import models
from django.db.models import Q
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils import timezone
from django.utils.functional import cached_property

from ops.db.compiled import CompiledQuery
from ops.db.queryset import QuerySet
from ops.db.unapplied_migrations import is_all_migrated
from ops.db.write_watcher import subscribe
from publishing.content.publishable import Publishable, PublishableQuerySet
from publishing.content.registry import publishable_models
from publishing.images.models import Image
from publishing.site.call_to_action import ADDRESS

ONLY_ROW = 1
# What the law asks of the site of a company nearly everywhere.
NEEDED = ("name", "legal_name", "postal_address", "email", "hosting", "data_protection")
IMPRINT = "/imprint/"
NO_MENUS = {"links": [], "pages": [], "labels": {}}
MOST_PAGES = 100  # stored for the footer, including those that are not public yet


def validate_mail_addresses(text: str):
    """Raise ValidationError unless each line of `text` is a mail address."""
    for line in text.split():
        try:
            validate_email(line)
        except ValidationError as error:
            raise ValidationError(f"“{line}” is not an email address. Enter one per line.") from error


def _text(name: str, default: str) -> property:
    """Return a property with the field `name`, or `default` while it is empty."""
    return property(lambda site: getattr(site, name) or default)


class SiteSettingsQuerySet(QuerySet["SiteSettings"]):
    def current(self) -> "SiteSettings":
        """Return the row, or the defaults if none was saved. One query, and one for the logos."""
        site = next(iter(STORED.instances()), None) or SiteSettings()
        if site.logo_id or site.logo_dark_id:
            # Fetched now: they are on every page, including those shown when the database is down.
            logos = Image.objects.in_bulk([site.logo_id, site.logo_dark_id])
            site.logo, site.logo_dark = logos.get(site.logo_id), logos.get(site.logo_dark_id)
        return site

    def store_menus(self) -> None:
        """Update the stored links and pages of the menus. Writes only if they differ."""
        menus = menus_now()
        row, _ = self.only("menus").get_or_create(pk=ONLY_ROW, defaults={"menus": menus})
        if row.menus != menus:
            self.update(menus=menus)


class SiteSettings(models.Model):
    """The settings of the site. Every text may be empty: readers then get the defaults of the `shown_*` properties."""

    is_known = True  # read from the database; False for an error page that cannot ask it
    is_preview = False  # shown to an editor before it is saved; links then open in a new tab
    notice: dict[str, str] | None = None  # title and text above a page that differs from the public one

    name = models.CharField(max_length=60, blank=True, help_text="Name of the company, shown at the top of every page.")
    tagline = models.CharField(
        max_length=160, blank=True, help_text="What the company does, in one line. For the footer and search engines."
    )
    logo_id: int | None
    logo = models.ForeignKey(
        Image,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Shown before the name, 32 pixels high. If empty, the default logo.",
    )
    logo_dark_id: int | None
    logo_dark = models.ForeignKey(
        Image,
        models.SET_NULL,
        verbose_name="logo for dark mode",
        null=True,
        blank=True,
        related_name="+",
        help_text="Shown in place of the logo on dark backgrounds.",
    )
    logo_has_name = models.BooleanField(
        "the logo contains the name", default=False, help_text="The name is not repeated beside it."
    )
    share_image = models.ForeignKey(
        Image,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Shown when a page without an image is shared, 1200 × 630 pixels.",
    )
    call_title = models.CharField(
        "call to action", max_length=120, blank=True, help_text="Heading at the end of each page."
    )
    call_text = models.TextField("text", max_length=400, blank=True)
    call_label = models.CharField("button text", max_length=40, blank=True)
    email = models.EmailField("email address", blank=True, help_text="For readers who prefer email to the form.")
    phone = models.CharField(
        max_length=40,
        blank=True,
        validators=[RegexValidator(r"\A[+0-9][0-9 ()/.-]*\Z", "Enter a phone number such as +44 20 7946 0000.")],
    )
    postal_address = models.TextField(max_length=300, blank=True, help_text="As on an envelope, with line breaks.")
    legal_name = models.CharField(max_length=120, blank=True, help_text="As in the company register.")
    register = models.CharField("company register", max_length=120, blank=True, help_text="Such as Companies House.")
    register_number = models.CharField("number in the register", max_length=60, blank=True)
    vat_number = models.CharField("VAT number", max_length=30, blank=True)
    answer_days = models.PositiveSmallIntegerField(
        "answer time",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text="Working days within which enquiries are answered. If empty, nothing is promised.",
    )
    hosting = models.TextField(
        "hosting and logs",
        max_length=300,
        blank=True,
        help_text="Who hosts this site, in which country, what its logs contain and when they are deleted.",
    )
    data_protection = models.TextField(
        max_length=300,
        blank=True,
        help_text="Legal basis for answering enquiries, data protection officer, and the competent authority.",
    )
    controller = models.CharField(
        max_length=120,
        blank=True,
        default="",
        db_default="",
        help_text="Who is responsible for personal data, if it is not the company itself.",
    )
    eu_hosting = models.TextField(
        "hosting in the EU",
        max_length=600,
        blank=True,
        default="",
        db_default="",
        help_text="Where you run systems for clients, and whether all of it can be in the European Union.",
    )
    non_disclosure = models.TextField(
        "non-disclosure",
        max_length=600,
        blank=True,
        default="",
        db_default="",
        help_text="Whether you sign non-disclosure agreements, and whose text you use.",
    )
    certificates = models.TextField(
        max_length=600,
        blank=True,
        default="",
        db_default="",
        help_text="Each with its issuer and the day until which it is valid: only those that you can show.",
    )
    insurance = models.TextField(
        max_length=600, blank=True, default="", db_default="", help_text="Insurer, what is insured, and up to what sum."
    )
    footer_text = models.TextField("footer text", max_length=300, blank=True)
    enquiry_recipients = models.TextField(
        "recipients of enquiries",
        blank=True,
        validators=[validate_mail_addresses],
        help_text="Email addresses, one per line. If empty, enquiries are only listed in the admin.",
    )
    confirmed_at = models.DateTimeField(
        null=True, editable=False, help_text="When an administrator confirmed what the site says of the company."
    )
    confirmed_by_id: int | None
    confirmed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="+", db_constraint=False
    )
    was_indexed = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Whether the site was in use before texts were confirmed: search engines go on showing it.",
    )
    menus = models.JSONField(
        null=True, editable=False, help_text="What `menus_now` returned after the last write. Empty: not stored yet."
    )
    last_changed_at = models.DateTimeField(auto_now=True)

    objects = SiteSettingsQuerySet.as_manager()

    class Meta:
        verbose_name = "site and company"
        verbose_name_plural = "site and company"
        constraints = [models.CheckConstraint(condition=Q(pk=ONLY_ROW), name="site_settings_are_one")]

    def __str__(self):
        return self.shown_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk, self.menus = ONLY_ROW, menus_now()
        # Creating the row a second time updates it.
        super().save(*args, **{**kwargs, "force_insert": False})

    shown_name = _text("name", "Vitrine")
    shown_tagline = _text("tagline", "AI systems, and a catalogue of models with sources")
    shown_footer_text = _text("footer_text", "We build AI systems, and publish facts on models, each with its source.")
    shown_call_title = _text("call_title", "Begin with a first call")
    shown_call_label = _text("call_label", "Describe your project")

    @property
    def missing(self) -> list[str]:
        """Return the names of the details of the company without which nothing can be confirmed, and that are empty."""
        fields = (cast(models.Field, self._meta.get_field(name)) for name in NEEDED if not getattr(self, name))
        return [str(field.verbose_name) for field in fields]

    @property
    def is_confirmed(self) -> bool:
        """Return whether an administrator has confirmed that the texts of the site are those of the company."""
        return self.confirmed_at is not None and not self.missing

    @property
    def is_indexable(self) -> bool:
        """Return whether search engines may index the site; nobody can on a private network."""
        return self.is_confirmed or self.was_indexed or not settings.SITE_IS_PUBLIC

    @property
    def postal_lines(self) -> list[str]:
        return [line.strip() for line in self.postal_address.splitlines() if line.strip()]

    @property
    def register_entry(self) -> str:
        return " ".join(filter(None, [self.register, self.register_number]))

    @property
    def legal_line(self) -> str:
        """Return the legal details for the footer; "" without any."""
        vat = self.vat_number and f"VAT number {self.vat_number}"
        return " · ".join(filter(None, [self.legal_name, self.register_entry, vat]))

    @property
    def company_facts(self) -> list[tuple[str, str]]:
        """Return what a page about the company states of it, as pairs of label and value; nothing that is empty."""
        facts = {
            "Legal name": self.legal_name,
            "Address": "\n".join(self.postal_lines),
            "Register entry": self.register_entry,
            "VAT number": self.vat_number,
            "Email": self.email,
            "Phone": self.phone,
            "Enquiries": self.legal_name and self.answer_promise,  # no fact of the company by itself
        }
        return [(label, value) for label, value in facts.items() if value]

    @property
    def privacy_facts(self) -> list[tuple[str, str]]:
        facts = {"Hosting and logs": self.hosting, "Data protection": self.data_protection}
        return self.company_facts + [(label, value) for label, value in facts.items() if value]

    @property
    def answer_promise(self) -> str:
        """Return by when enquiries are answered, as a sentence; "" if nothing is promised."""
        days = {None: "", 1: "one working day"}.get(self.answer_days, f"{self.answer_days} working days")
        return days and f"We reply within {days}."

    @property
    def shown_call_text(self) -> str:
        invitation = "Describe the task, how it is done today and when you need to decide."
        offer = "The first call is free; we arrange it by email."
        return self.call_text or f"{invitation} {offer} {self.answer_promise}".strip()

    @property
    def phone_digits(self) -> str:
        """Return the number for a tel: link."""
        return "".join(sign for sign in self.phone if sign in "+0123456789")

    @property
    def profiles(self) -> list["SiteLink"]:
        return self.links_at(SiteLink.Place.SOCIAL)

    @property
    def recipients(self) -> list[str]:
        return self.enquiry_recipients.split()

    @cached_property
    def link_list(self) -> list["SiteLink"]:
        """Return the links of all places, in order."""
        return [
            SiteLink(site_id=self.pk, place=place, label=label, address=address)
            for place, label, address in (self.menus or NO_MENUS)["links"]
        ]

    @property
    def footer_pages(self) -> list[tuple[str, str]]:
        """Return title and URL of the footer pages that readers may see now, with the imprint of the settings."""
        now = timezone.now().isoformat()
        pages = [
            (title, address)
            for title, address, since, until in (self.menus or NO_MENUS)["pages"]
            if (not since or since <= now) and (not until or until > now)
        ]
        return [*pages, ("Imprint", IMPRINT)] if self.makes_imprint else pages

    @property
    def makes_imprint(self) -> bool:
        """Return whether readers are led to an imprint that consists of these settings: no page was written for it."""
        return self.is_confirmed and all(address != IMPRINT for _, address, *_ in (self.menus or NO_MENUS)["pages"])

    @property
    def list_labels(self) -> dict[str, str]:
        """Return the names of lists that follow from their records, by address."""
        return (self.menus or NO_MENUS).get("labels", {})

    def links_at(self, place: str) -> list["SiteLink"]:
        return [link for link in self.link_list if link.place == place]


class SiteLink(models.Model):
    """A menu entry. A place without entries shows the default menu."""

    class Place(models.TextChoices):
        NAVIGATION = "navigation", "Main menu"
        FOOTER = "footer", "Footer"
        SOCIAL = "social", "Profile links"

    site = models.ForeignKey(SiteSettings, models.CASCADE, related_name="links")
    place = models.CharField(max_length=10, choices=Place)
    label = models.CharField(max_length=40)
    address = models.CharField(
        max_length=300,
        validators=[
            RegexValidator(
                ADDRESS, "Enter an address such as /about/ for a page of this site, or https://… for another."
            )
        ],
        help_text="For example /about/ for a page of this site, or https://… for another.",
    )
    position = models.PositiveSmallIntegerField("order", default=0, help_text="1 comes first.")

    class Meta:
        verbose_name = "link"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(place__in=["navigation", "footer", "social"]), name="site_link_place_is_known"
            )
        ]

    def __str__(self):
        return self.label

    def clean(self) -> None:
        super().clean()
        try:
            urlsplit(self.address)
        except ValueError as error:
            raise ValidationError({"address": "This address is invalid. Check it for typing errors."}) from error
        if self.place == self.Place.SOCIAL:
            URLValidator(["https"], message="Enter an address that starts with https://.")(self.address)


def menus_now() -> dict:
    """Return the links of all places, the pages of the footer and the names of lists.

    Each page has the moments from and until which it is visible, in UTC. Three queries.
    """
    pages = cast(PublishableQuerySet, _model_in_footer().in_footer()).order_by("pk")[:MOST_PAGES]
    return {
        "links": list(map(list, SiteLink.objects.values_list("place", "label", "address"))),
        "pages": [
            [
                # Word processors paste control characters.
                "".join(letter for letter in page.title_text if letter.isprintable() or letter == "\n"),
                page.get_absolute_url(),
                *(moment and moment.isoformat() for moment in page.visible_between()),
            ]
            for page in pages
        ],
        "labels": _model_in_footer().list_labels(),
    }


@cache
def _model_in_footer() -> type[Publishable]:
    return next(model for model in publishable_models() if model.in_footer() is not None)


subscribe(
    lambda write: write.table in {SiteLink._meta.db_table, _model_in_footer()._meta.db_table},
    SiteSettings.objects.store_menus,
)


STORED = CompiledQuery(SiteSettings.objects.all())


@receiver(post_migrate, dispatch_uid="stored menus")
def store_menus_after_migrating(**signal):
    """Create the row of a new site, and store values that an upgrade needs."""
    if is_all_migrated(**signal):
        SiteSettings.objects.store_menus()
