# SPDX-License-Identifier: Apache-2.0
"""What comes before all tests: an environment without the desk's variables, and Hypothesis profiles.

20 examples a test; ``HYPOTHESIS_PROFILE=thorough`` runs 10,000, ``quick`` 12. CI runs the same examples each time.
"""

import os

from .surroundings import forget

forget()

try:
    from hypothesis import settings
except ModuleNotFoundError:  # the example tests need none
    pass
else:
    # Types are compiled while an example runs, so the first of a kind takes much longer than the next.
    settings.register_profile("default", max_examples=12, deadline=None, derandomize="CI" in os.environ)
    settings.register_profile("quick", settings.get_profile("default"), max_examples=8)
    settings.register_profile("thorough", max_examples=10_000, deadline=None, print_blob=True)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
