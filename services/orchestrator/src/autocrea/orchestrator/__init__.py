"""The saga of a generation: pipeline, verification, retry, cancel, settlement."""
