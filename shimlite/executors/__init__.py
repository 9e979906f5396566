# SPDX-License-Identifier: Apache-2.0
"""Ready executors, each of which stands alone. Nothing is imported until it is named."""
