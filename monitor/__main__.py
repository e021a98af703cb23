"""``python -m monitor`` is ``sharp-eyes``."""

import sys

from monitor.cli import main

sys.exit(main())
