"""Entry point of ``python -m local.demo``."""

from __future__ import annotations

import sys

from local.demo.run import main

sys.exit(main())
