# SPDX-License-Identifier: Apache-2.0
"""The fixed set: every type that shimlite converts. ``shimlite.engine`` has the functions that users call.

``rows`` says what a row is; ``atoms``, ``times`` and ``references`` are the table. ``nodes`` and ``parse`` make types
of rows. A fold is one function over nodes, in a file of its own: ``msgpack_codec``, ``json_schema``, ``literal_types``,
``literal_codec`` and ``witnesses``. Read them in this order; each file names the next. Adding an atom means adding a
row; adding a structure means adding a node, and mypy lists the folds that lack it.
"""
