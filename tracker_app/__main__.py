"""`python -m tracker_app` is `tracker-app`."""

import sys

from tracker_app.cli import main

sys.exit(main())
