"""Move octets between a mail account and the rest of the program.

What lives here: IMAP, Gmail, archives on disk and a whole account in memory, all behind one
protocol (`connectors.connector.Connector`).  What must not be known here: what a mail means, what
the policy says, what a case is.
"""
