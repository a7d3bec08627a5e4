"""The outside: PostgreSQL, the identity issuer, billing and artifacts over HTTP, progress over AMQP, wake-ups."""
