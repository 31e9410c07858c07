"""The pages for setting up the second factor and for entering its code."""

from typing import cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django_otp.plugins.otp_totp.models import TOTPDevice

from publishing.accounts import two_factor

WRONG = "This code is wrong or was used before. After several wrong codes, wait a minute before you try again."


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Code",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false", "autofocus": True}),
    )


@sensitive_post_parameters("code")
def give_code(request: HttpRequest) -> HttpResponse:
    """Ask for a code from the phone, or a recovery code, after the password."""
    back = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = resolve_url(settings.LOGIN_REDIRECT_URL)
    device = two_factor.device_of(request.user)
    if two_factor.is_verified(request.user) or device is None:
        return HttpResponseRedirect(back)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if two_factor.complete_sign_in(request, form.cleaned_data["code"]):
            left = two_factor.RecoveryCode.objects.filter(user=request.user).count()
            if left < 3:
                message = f"You have {left} recovery code{pluralize(left)} left. Generate new ones."
                messages.warning(request, message)
            return HttpResponseRedirect(back)
        form.add_error("code", WRONG)
    context = {"title": "Code from your phone", "form": form, "next": back}
    return _page(request, "admin/publishing/give_code.html", context)


@sensitive_post_parameters("code")
def second_factor(request: HttpRequest) -> HttpResponse:
    """Set up the second factor; once it is set up, offer new recovery codes and its removal."""
    if two_factor.is_verified(request.user):
        return _have(request)
    if two_factor.device_of(request.user):
        return HttpResponseRedirect(reverse(f"admin:{two_factor.GIVE_CODE}"))
    device = two_factor.begun_device(request.user)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        codes = two_factor.confirm(request, device, form.cleaned_data["code"])
        if codes:
            _log(request, "Two-factor authentication turned on.")
            return _codes(request, codes, is_new=True)
        form.add_error("code", WRONG)
    context = {
        "title": "Set up two-factor authentication",
        "form": form,
        "is_demanded": two_factor.must_have_device(request.user),
        "qr": two_factor.qr_code(device.config_url),
        "secret": two_factor.secret_in_words(device),
        "account": request.user.get_username(),
        "issuer": settings.OTP_TOTP_ISSUER,
    }
    return _page(request, "admin/publishing/set_up_second_factor.html", context)


def _have(request):
    device = cast(TOTPDevice, two_factor.device_of(request.user))
    form = CodeForm(request.POST if "remove" in request.POST else None)
    # A code is required: otherwise anyone at an unattended computer could gain permanent access.
    codes_form = CodeForm(request.POST if "new_codes" in request.POST else None, prefix="codes")
    if "new_codes" in request.POST and codes_form.is_valid():
        if two_factor.verify_any_code(device, codes_form.cleaned_data["code"]):
            _log(request, "New recovery codes.")
            return _codes(request, two_factor.RecoveryCode.objects.make_for(request.user))
        codes_form.add_error("code", WRONG)
    if "remove" in request.POST and form.is_valid():
        if two_factor.verify_code(device, form.cleaned_data["code"]):
            two_factor.remove_from(request.user)
            _log(request, "Two-factor authentication turned off.")
            messages.success(request, "You now sign in with your password alone.")
            return HttpResponseRedirect(reverse("admin:index"))
        form.add_error("code", WRONG)
    context = {
        "title": "Two-factor authentication",
        "form": form,
        "codes_form": codes_form,
        "device": device,
        "left": two_factor.RecoveryCode.objects.filter(user=request.user).count(),
        "is_demanded": two_factor.must_have_device(request.user),
    }
    return _page(request, "admin/publishing/second_factor.html", context)


def _codes(request, codes, *, is_new=False):
    """Show the codes in the response itself: a message would be stored in a cookie or session until it is read."""
    context = {"title": "Your recovery codes (shown only once)", "codes": codes, "is_new": is_new}
    return _page(request, "admin/publishing/recovery_codes.html", context)


def _page(request, template: str, context: dict):
    return render(request, template, {**admin.site.each_context(request), **context})


def _log(request, sentence: str):
    LogEntry.objects.log_actions(request.user.pk, [request.user], CHANGE, sentence, single_object=True)
