# SPDX-License-Identifier: Apache-2.0
"""The fixed set: every type that shimlite converts.

``rows`` says what a row is; ``atoms``, ``times`` and ``references`` are the table. ``nodes`` and ``parse`` make types
of rows. Each story of a type is one function over nodes: ``msgpack_codec``, ``json_schema``, ``literal_types``,
``literal_codec`` and ``witnesses``. Read them in this order. Adding an atom means adding a row.
"""
