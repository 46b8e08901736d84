"""What one message says.  Pure: octets in, a `Reading` out.

What must not be known here: cases, the policy's rules, files, the network, the clock, the log.  Every
fact keeps the words it came from.  Every message is hostile input.
"""
