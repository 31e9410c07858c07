"""The page on which people choose what holds for themselves."""

from django.contrib import messages
from django.contrib.admin import site
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from publishing.accounts.preferences import Preferences, PreferencesForm


def profile_view(request: HttpRequest) -> HttpResponse:
    preferences = Preferences.objects.filter(pk=request.user.pk).first() or Preferences(pk=request.user.pk)
    form = PreferencesForm(request.POST or None, instance=preferences)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Your preferences are saved.")
        return HttpResponseRedirect(reverse("admin:publishing_profile"))
    context = {**site.each_context(request), "title": "Your preferences", "form": form}
    return render(request, "admin/publishing/profile.html", context)
