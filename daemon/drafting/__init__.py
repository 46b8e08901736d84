"""Writing: from a decision and a case to the octets of a draft.

Pure, but for `hook`, which runs the user's own command, and `templates`, which reads template files.
Nothing here knows a mail account, decides whether to write, or reads the clock.
"""
