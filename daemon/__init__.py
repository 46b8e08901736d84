"""Join the mail account and the policy: the only package that knows the other two."""
