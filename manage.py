#!/usr/bin/env python
"""Django's command-line utility; `manage.py help` lists the commands."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from environs import EnvError

from config import command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        command_line.refuse_missing_folder(sys.argv[1:])
        _ = settings.INSTALLED_APPS  # loads the settings before a command can hide errors in them
        command_line.name_site(sys.argv[1:])
    except (ImproperlyConfigured, EnvError) as error:
        sys.exit(" ".join(str(error).split()))
    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
