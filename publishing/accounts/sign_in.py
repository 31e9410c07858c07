"""The password pages of the admin: a reset, and the first password of invited people."""

from django.contrib import admin, messages
from django.contrib.auth import views
from django.contrib.auth.forms import PasswordResetForm
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse_lazy
from django.views.generic.base import ContextMixin

from ops.http.client_ip import client_address
from ops.http.errors import error_response
from ops.limits.rate_limits import within_limit
from ops.mail import is_mail_configured
from publishing.accounts.mails import queue_password_resets

MOST_RESETS_PER_HOUR = 10


class AdminContextMixin(ContextMixin):
    """Give Django's views, whose templates extend those of the admin, the context of the admin."""

    request: HttpRequest

    def get_context_data(self, **kwargs):
        context = admin.site.each_context(self.request) | {"is_nav_sidebar_enabled": False}
        return context | super().get_context_data(**kwargs)


class ResetForm(PasswordResetForm):
    def save(self, **options: object) -> None:
        """Queue the mail. The worker looks up the account, so that the response and its timing reveal nothing."""
        queue_password_resets.enqueue(self.cleaned_data["email"])


class Reset(AdminContextMixin, views.PasswordResetView):
    form_class = ResetForm
    title = "Reset password"
    template_name = "admin/publishing/new_password.html"
    success_url = reverse_lazy("admin_password_reset_done")

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"is_mail_configured": is_mail_configured()}

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not within_limit("resets", client_address(request), MOST_RESETS_PER_HOUR):
            message = "Too many password resets were requested. Try again in an hour."
            return error_response(request, 429, message, headers={"Retry-After": "3600"})
        return super().post(request, *args, **kwargs)


class ResetDone(AdminContextMixin, views.PasswordResetDoneView):
    title = "Check your email"


class ResetConfirm(AdminContextMixin, views.PasswordResetConfirmView):
    """Set a new password, or the first one of an invited person."""

    title = "Choose password"
    template_name = "admin/publishing/choose_password.html"
    success_url = reverse_lazy("admin:login")

    def get_user(self, uidb64):
        person = super().get_user(uidb64)
        return person if person and person.is_active else None

    def get_context_data(self, **kwargs):
        is_invitation = self.user is not None and not self.user.has_usable_password()
        return super().get_context_data(**kwargs) | {"is_invitation": is_invitation}

    def form_valid(self, form):
        messages.success(self.request, "Your password is set. You can now sign in.")
        return super().form_valid(form)


urlpatterns = [
    path("new-password/", Reset.as_view(), name="admin_password_reset"),
    path("new-password/sent/", ResetDone.as_view(), name="admin_password_reset_done"),
    path("new-password/<uidb64>/<token>/", ResetConfirm.as_view(), name="admin_password_reset_confirm"),
]
