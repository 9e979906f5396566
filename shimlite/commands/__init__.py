# SPDX-License-Identifier: Apache-2.0
"""The commands for people, one a file. Each has ``add_options(parser)`` and ``main(options, parser)``."""
