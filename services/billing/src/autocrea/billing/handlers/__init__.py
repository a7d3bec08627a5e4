"""One use case a file: which rows a message concerns, and what is decided on them."""
