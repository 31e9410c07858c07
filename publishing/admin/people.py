"""Accounts. Users cannot grant more rights than they have, nor change accounts that have more rights."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangosGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangosUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, transaction
from django.db.models import Field, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django_otp.plugins.otp_totp.models import TOTPDevice

from ops.http.urls import change_url
from ops.mail import is_mail_configured
from publishing.accounts.invitations import invite, invited, password_link, void_link
from publishing.accounts.mails import INVITED, queue_mails
from publishing.accounts.two_factor import remove_from
from publishing.admin.admin_pages import admin_page, show
from publishing.admin.fields import column, moment_column, section
from publishing.admin.lists import ByHandMixin, OptionListFilter
from publishing.content.people import grantable_roles, may_manage_account, name_of

admin.site.unregister([User, Group])


class InvitationForm(forms.Form):
    first_name = forms.CharField(max_length=150)
    last_name = forms.CharField(max_length=150, required=False)
    email = forms.EmailField(label="Email address", max_length=150, help_text="Also the username for signing in.")
    role = forms.ModelChoiceField(Group.objects.none(), empty_label="Choose one")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["role"]).queryset = grantable_roles(user)

    def clean_email(self):
        email = self.cleaned_data["email"]
        if User.objects.filter(email__iexact=email).exists() or User.objects.filter(username__iexact=email).exists():
            raise forms.ValidationError("An account with this email address already exists.")
        try:
            cast(Field, User._meta.get_field("username")).run_validators(email.lower())
        except forms.ValidationError as error:
            raise forms.ValidationError(
                "Enter an email address with only letters, digits and @ . + - _, because it is also the username."
            ) from error
        return email


class PasswordForm(AdminPasswordChangeForm):
    usable_password_help_text = "Without a password, the user cannot sign in until a new one is set here."


class InvitedFilter(OptionListFilter):
    title = parameter_name = "invitation"
    ways = {"open": ("Open", lambda people, user: invited(people))}


@admin.register(User)
class UserAdmin(ByHandMixin, DjangosUserAdmin):
    """Accounts are not deleted, since the work of their owners keeps their names; they are deactivated."""

    never = ("delete",)
    change_list_template = "admin/publishing/people.html"
    change_form_template = "admin/publishing/person.html"
    list_display = ["username", "whole_name", "email", "roles", "is_active", "second_factor", "last_seen"]
    list_filter = ["groups", "is_active", "is_staff", InvitedFilter]
    actions = None
    filter_horizontal = ["groups", "user_permissions"]
    add_fieldsets = [section(None, "username", "password1", "password2")]
    change_password_form = PasswordForm

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("groups", "totpdevice_set")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and (
            obj is None or may_manage_account(cast(User, request.user), obj)
        )

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> list | tuple:
        """Only superusers can edit superuser status and single permissions; others assign roles."""
        if obj is None or getattr(request.user, "is_superuser", False):
            return super().get_fieldsets(request, obj)
        return [
            (None, {"fields": ["username", "password"]}),
            ("Person", {"fields": ["first_name", "last_name", "email"]}),
            ("Roles", {"fields": ["is_active", "is_staff", "groups"]}),
        ]

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "groups" and field:
            field.queryset = grantable_roles(cast(User, request.user))
            field.help_text = "You can only assign roles with no more permissions than your own."
        return field

    whole_name = column("Name", User.get_full_name, "first_name")

    @admin.display(description="Roles")
    def roles(self, person: User) -> str:
        names = [group.name for group in person.groups.all()]
        return ", ".join(["Superuser", *names] if person.is_superuser else names)

    @admin.display(description="Two-factor authentication", boolean=True)
    def second_factor(self, person: Any) -> bool:
        return any(device.confirmed for device in person.totpdevice_set.all())

    last_seen = moment_column("Last sign-in", "last_login")

    def render_change_form(self, request: HttpRequest, context: dict, obj: Any = None, **kwargs: Any) -> HttpResponse:
        may_change = obj is not None and self.has_change_permission(request, obj)
        if obj and may_change:
            context["may_reset"] = TOTPDevice.objects.filter(user=obj, confirmed=True).exists()
            context["is_invited"] = invited(User.objects.filter(pk=obj.pk)).exists()
        return super().render_change_form(request, context, obj=obj, **kwargs)

    @admin_page("invite/", "invite", permission="add")
    def invite_view(self, request):
        form = InvitationForm(request.POST or None, user=request.user)
        if request.method == "POST" and form.is_valid():
            try:
                with transaction.atomic():
                    person = invite(**form.cleaned_data)
                    queue_mails(INVITED, [person], request.user.pk)
                    self.log_addition(request, person, f"Invited as {form.cleaned_data['role']}.")
            except IntegrityError:
                form.add_error("email", "An account with this email address already exists.")
            else:
                return self._sent(request, person)
        context = {"form": form, "is_mail_configured": is_mail_configured()}
        return show(self, request, "admin/publishing/invite.html", "Invite user", **context)

    @admin_page("<path:object_id>/invite-again/", "invite_again", "POST")
    def again_view(self, request, record):
        with transaction.atomic():
            person = get_object_or_404(invited(User.objects.select_for_update()), pk=record.pk)
            void_link(person)
            queue_mails(INVITED, [person], request.user.pk)
            self.log_change(request, person, "Invited again.")
        return self._sent(request, person)

    @admin_page("<path:object_id>/second-factor/", "reset_second_factor", "POST")
    def reset_view(self, request, record):
        with transaction.atomic():
            remove_from(record)
            self.log_change(request, record, "Two-factor authentication turned off.")
        messages.success(request, f"Two-factor authentication of {name_of(record)} is turned off.")
        return HttpResponseRedirect(change_url(record))

    def _sent(self, request, person):
        """Confirm the invitation. Without a mail server, show the link once to the inviter, who must pass it on."""
        if is_mail_configured():
            messages.success(request, f"{name_of(person)} gets an email with a link for choosing a password.")
            return HttpResponseRedirect(change_url(person))
        context = {"person": person, "link": password_link(person)}
        return show(self, request, "admin/publishing/invited.html", "The invitation (shown only once)", **context)


@admin.register(Group)
class GroupAdmin(DjangosGroupAdmin):
    """Only superusers may change roles, since that changes the rights of many people."""

    def has_add_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return request.user.is_active and getattr(request.user, "is_superuser", False)

    has_change_permission = has_delete_permission = has_add_permission
