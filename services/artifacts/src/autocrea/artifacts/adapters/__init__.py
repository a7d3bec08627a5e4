"""PostgreSQL, S3 and the ZIP format."""
