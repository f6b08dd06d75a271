"""Groups that partner with the library: joining, verifying, members, what they bring."""
