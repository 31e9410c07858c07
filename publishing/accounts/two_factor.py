"""The second factor: a code from a phone (TOTP) after the password, and recovery codes in case the phone is lost.

Users with a second factor count as signed out, in the admin and for drafts, until they have entered a code in this
session. With REQUIRE_TOTP, users who may publish must set one up before they can do anything else in the admin.
"""

import secrets
from base64 import b32encode
from textwrap import wrap

import django_otp
import segno
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.views import redirect_to_login
from django.db import models, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django_otp.plugins.otp_totp.models import TOTPDevice

from ops.db.internal import InternalModel
from ops.db.queryset import QuerySet
from ops.http.middleware import Middleware, is_admin
from ops.limits.rate_limits import within_limit
from publishing.content.permissions import AnyUser, may_publish
from publishing.content.registry import kinds

GIVE_CODE, SET_UP = "second_factor_code", "second_factor"  # names of the pages to which users are redirected
OPEN_TO_ALL = {
    *("admin:login", "admin:logout", "admin:jsi18n", f"admin:{GIVE_CODE}"),
    *("admin_password_reset", "admin_password_reset_done", "admin_password_reset_confirm"),
}
MOST_RECOVERIES_PER_HOUR = 20


def device_of(user: AnyUser) -> TOTPDevice | None:
    """Return the confirmed device of `user`, who has at most one."""
    return TOTPDevice.objects.devices_for_user(user, confirmed=True).first()


def must_have_device(user: AnyUser) -> bool:
    """Return whether `user` must have a second factor: with REQUIRE_TOTP, all who may publish must."""
    return settings.REQUIRE_TOTP and any(may_publish(user, model) for model in kinds())


def is_verified(user: AnyUser) -> bool:
    return user.is_verified()  # pyright: ignore[reportAttributeAccessIssue] set by OTPMiddleware


def missing_step(user: AnyUser) -> str:
    """Return the name of the page that the user of a request must complete first; "" if none."""
    if not user.is_authenticated or is_verified(user):
        return ""
    if device_of(user):
        return GIVE_CODE
    return SET_UP if must_have_device(user) else ""


class SecondFactorMiddleware(Middleware):
    """Redirect admin requests of users who have not entered their code or must set up a second factor."""

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.view_name
        if not is_admin(request) or name in OPEN_TO_ALL:
            return None
        step = missing_step(request.user)
        if not step or name == f"admin:{step}":
            return None
        back = request.get_full_path() if request.method == "GET" else reverse("admin:index")
        return redirect_to_login(back, reverse(f"admin:{step}"))


def begun_device(user: AnyUser) -> TOTPDevice:
    """Return the device that is being set up: the same on each visit until its first code is confirmed."""
    with transaction.atomic():
        get_user_model().objects.select_for_update().get(pk=user.pk)
        device, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "Phone"})
    return device


def confirm(request: HttpRequest, device: TOTPDevice, code: str) -> list[str] | None:
    """Make `device` the second factor if `code` is right; return the recovery codes, which are shown only once."""
    with transaction.atomic():
        if not verify_code(device, code):
            return None
        TOTPDevice.objects.filter(user=request.user, confirmed=True).delete()
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        codes = RecoveryCode.objects.make_for(request.user)
    _enter(request, TOTPDevice.objects.get(pk=device.pk))
    return codes


def remove_from(user: AnyUser) -> None:
    """Remove the second factor of `user` and its recovery codes."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        RecoveryCode.objects.filter(user=user).delete()


def secret_in_words(device: TOTPDevice) -> str:
    """Return the secret for manual entry: letters and digits in groups of four."""
    return " ".join(wrap(b32encode(device.bin_key).decode().rstrip("="), 4))


def qr_code(text: str) -> dict:
    """Return a QR code as the `path` of an SVG and its `side` in modules, quiet zone included."""
    rows = list(segno.make(text, error="m", micro=False).matrix_iter(border=4))
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module)
    return {"path": path, "side": len(rows)}


def verify_code(device: TOTPDevice, code: str) -> bool:
    """Return whether `code` is currently valid and unused. Each wrong code increases the pause before the next
    attempt."""
    return django_otp.verify_token(device.user, device.persistent_id, code.replace(" ", "")) is not None


def verify_any_code(device: TOTPDevice, code: str) -> bool:
    """Return whether `code` is right, or a recovery code, which is then used up."""
    digits = code.replace(" ", "")
    if digits.isdecimal() and len(digits) == device.digits:
        return verify_code(device, code)
    is_tried = within_limit("recoveries", f"account {device.user.pk}", MOST_RECOVERIES_PER_HOUR)
    return is_tried and RecoveryCode.objects.use(device.user, code)


def complete_sign_in(request: HttpRequest, code: str) -> bool:
    """Complete the sign-in with a code from the phone or a recovery code; return whether it was right."""
    device = device_of(request.user)
    if device is None or not verify_any_code(device, code):
        return False
    _enter(request, device)
    return True


def _enter(request, device):
    request.session.cycle_key()
    django_otp.login(request, device)


HOW_MANY = 10
BYTES = 10  # random bytes per code: too many to guess, so a fast hash is enough


class RecoveryCodeQuerySet(QuerySet["RecoveryCode"]):
    def make_for(self, user: AnyUser) -> list[str]:
        """Replace the codes of `user`; return the new ones, which cannot be read again."""
        codes = ["-".join(wrap(secrets.token_hex(BYTES), 5)) for _ in range(HOW_MANY)]
        with transaction.atomic():
            self.filter(user=user).delete()
            self.bulk_create(self.model(user=user, digest=digest_of(user, code)) for code in codes)
        return codes

    def use(self, user: AnyUser, code: str) -> bool:
        """Use up a code of `user`; return whether it was valid. Of two concurrent uses, one succeeds."""
        deleted, _ = self.filter(user=user, digest=digest_of(user, code)).delete()
        return deleted == 1


class RecoveryCode(InternalModel):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)

    objects = RecoveryCodeQuerySet.as_manager()


def digest_of(user: AnyUser, code: str) -> str:
    """Return the hash under which a code of `user` is stored; case and punctuation of the input do not matter."""
    bare = "".join(sign for sign in code.lower() if sign.isalnum())
    return salted_hmac("publishing.recovery_code", f"{user.pk} {bare}", algorithm="sha256").hexdigest()
