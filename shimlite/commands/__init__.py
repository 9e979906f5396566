# SPDX-License-Identifier: Apache-2.0
"""The commands for people, one a file, with ``add_options(parser)``, ``main(options, parser)``, and ``NOTES`` where its
help has more to say."""
