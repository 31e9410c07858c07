from django.http import HttpResponse


def compare(request):
    return HttpResponse("x")


def compare_csv(request):
    return HttpResponse("x")
