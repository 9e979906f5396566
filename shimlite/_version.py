# SPDX-License-Identifier: Apache-2.0
"""The release that this is. A file of its own, since a template says which release made it."""

__version__ = "0.1.0"
