"""Two Django admins over our tables; run by admin.py with the Python of its own environment.

``/plain/`` is registered as Django's tutorial and reference show it; ``/tuned/`` as by someone who
knows how long the lists are. Both show the same columns and filters, fifty rows to a page.

Reads addresses from standard input, and answers each with the milliseconds its page took.
"""

import os
import sys
import time

import django
from django.apps import AppConfig
from django.conf import settings

settings.configure(
    SECRET_KEY="only for the benchmark",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    STATIC_URL="/static/",
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=[
        "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
        "django.contrib.sessions", "django.contrib.messages",
        AppConfig("crowd", sys.modules[__name__]),
    ],
    MIGRATION_MODULES={"crowd": None},
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[{
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": [
            "django.template.context_processors.request",
            "django.contrib.auth.context_processors.auth",
            "django.contrib.messages.context_processors.messages",
        ]},
    }],
    DATABASES={"default": {
        "ENGINE": f"django.db.backends.{os.environ['BENCH_ENGINE']}",
        "CONN_MAX_AGE": None,
        **{
            key: os.environ[f"BENCH_{key}"]
            for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")
            if os.environ.get(f"BENCH_{key}")
        },
    }},
)  # fmt: skip
django.setup()

from django.contrib import admin  # noqa: E402  the models need the settings
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import models  # noqa: E402
from django.db.models.functions import Lower  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import path  # noqa: E402

ACTIONS = "review quote case-study webinar referral"
STATES = "draft submitted changes-asked signoff approved published retired declined withdrawn"


class Table:
    app_label, managed = "crowd", False


class Company(models.Model):
    name = models.CharField(max_length=200)

    class Meta(Table):
        db_table = "company"

    def __str__(self):
        return self.name


class Advocate(models.Model):
    company = models.ForeignKey(Company, models.PROTECT)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    email = models.CharField(max_length=254)
    job_title = models.CharField(max_length=150)
    country = models.CharField(max_length=100, db_index=True)
    customer_since = models.DateField(null=True)
    stopped_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    merged_into_id = models.IntegerField(null=True)

    class Meta(Table):
        db_table = "advocate"

    def __str__(self):
        return f"{self.first_name} {self.last_name}"


class Submission(models.Model):
    advocate = models.ForeignKey(Advocate, models.PROTECT)
    action = models.CharField(max_length=20, choices=[(word, word) for word in ACTIONS.split()])
    state = models.CharField(max_length=20, choices=[(word, word) for word in STATES.split()])
    submitted_at = models.DateTimeField(null=True)

    class Meta(Table):
        db_table = "submission"


class Contributions(admin.ModelAdmin):
    list_display = ("action", "advocate", "company", "state", "submitted_at")
    list_filter = ("state", "action")
    list_select_related = ("advocate__company",)
    search_fields = ("advocate__first_name", "advocate__last_name")
    list_per_page = 50
    ordering = ("submitted_at",)

    def company(self, one):
        return one.advocate.company


class Customers(admin.ModelAdmin):
    list_display = (
        "first_name", "last_name", "email", "company", "job_title", "country", "customer_since",
        "stopped_at", "left_at",
    )  # fmt: skip
    list_filter = ("country",)
    list_select_related = ("company",)
    list_per_page = 50
    ordering = ("last_name", "first_name")
    search_fields = ("first_name", "last_name", "email", "company__name")

    def get_queryset(self, request):
        here = super().get_queryset(request)
        return here.filter(erased_at__isnull=True, merged_into_id__isnull=True)


class TunedContributions(Contributions):
    """In the order of our index, and without counting the rows that no filter asked for."""

    ordering = ("submitted_at", "id")
    show_full_result_count = False


class TunedCustomers(Customers):
    ordering = (Lower("last_name"), "id")
    show_full_result_count = False


plain, tuned = admin.AdminSite(name="plain"), admin.AdminSite(name="tuned")
plain.register(Submission, Contributions)
plain.register(Advocate, Customers)
tuned.register(Submission, TunedContributions)
tuned.register(Advocate, TunedCustomers)
urlpatterns = [path("plain/", plain.urls), path("tuned/", tuned.urls)]


def main():
    call_command("migrate", verbosity=0)
    client = Client()
    user = User.objects.filter(username="ed").first()
    client.force_login(user or User.objects.create_superuser("ed", "", "x"))
    for address in sys.stdin:
        began = time.perf_counter()
        answer = client.get(address.strip())
        took = (time.perf_counter() - began) * 1000
        if answer.status_code != 200 or b"result_list" not in answer.content:
            sys.exit(f"{address} answered {answer.status_code}")
        print(took, flush=True)


if __name__ == "__main__":
    main()
