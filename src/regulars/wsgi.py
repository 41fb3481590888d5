"""What the web server runs."""

import os

from django.core.wsgi import get_wsgi_application

from regulars.kit.children import end_with

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")
if supervisor := os.environ.get("REGULARS_SUPERVISOR"):
    end_with(int(supervisor))
application = get_wsgi_application()
