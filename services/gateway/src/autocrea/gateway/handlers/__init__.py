"""One use case a file: which rows it concerns and what it decides on them. Loading, saving and sending are the chassis'."""
