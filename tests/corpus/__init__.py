# SPDX-License-Identifier: Apache-2.0
"""Types and values, and what shimlite answers for each: the same on every Python and both kinds of protobuf."""
