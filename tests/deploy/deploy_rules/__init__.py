"""Rules of the manifests: each compares objects with each other and with the product, and says what does not fit."""
