"""What the web server runs."""

import os

from django.core.wsgi import get_wsgi_application

from regulars.kit.children import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")
if os.environ.get("REGULARS_SUPERVISED") == "1":
    end_with_parent()
application = get_wsgi_application()
