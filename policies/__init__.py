"""When to write, when to wait, when to stop.

Pure: values in, a decision out, time is an argument, standard library only.  Read `rules.py` from top
to bottom and you know what the program will do.  What must not be known here: mail protocols, files,
clocks, logs.
"""
