# SPDX-License-Identifier: Apache-2.0
"""``python -m shimlite``."""

import sys

from .cli import main

sys.exit(main())
