# SPDX-License-Identifier: Apache-2.0
"""``to_literal_type`` gives what flytekit's gives, message for message, save for the differences listed here."""

from __future__ import annotations

E = 1
