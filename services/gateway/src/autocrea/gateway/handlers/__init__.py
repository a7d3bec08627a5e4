"""One use case a file: which rows it concerns and what it decides on them. Loading and saving are the chassis'."""
