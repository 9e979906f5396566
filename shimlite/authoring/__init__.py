# SPDX-License-Identifier: Apache-2.0
"""For whoever writes a task: templates from executors, packages that flytectl registers, executors from templates.

Nothing here runs in a pod, and nothing prints. Next: ``tasks``.
"""
