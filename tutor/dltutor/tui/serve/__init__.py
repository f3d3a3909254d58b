"""The screens in a browser: a server on this machine, and one process for each session.

``gate`` decides who may come in, ``session`` is one browser's process, ``server`` answers
requests, and ``child`` is what each process runs.
"""
