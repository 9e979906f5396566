# SPDX-License-Identifier: Apache-2.0
"""shimlite as it is, save that it gives up on a store much earlier."""

import datetime as dt
import sys

from shimlite.cli import main
from shimlite.container import settings

settings.RETRIES = 2
settings.SILENCE = dt.timedelta(seconds=0.7)
settings.RETRY_FOR = dt.timedelta(seconds=20)

if __name__ == "__main__":
    sys.exit(main())
