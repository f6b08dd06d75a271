"""Mail that is not lost: written in the transaction of its reason, sent by the worker."""
