# SPDX-License-Identifier: Apache-2.0
"""What flytekit's own tests assert about conversion, as data: types, values and literals, and what is answered.

``rows`` has the types, values and literals, ``answers.jsonl`` what flytekit answers and, where it differs, shimlite.
"""
