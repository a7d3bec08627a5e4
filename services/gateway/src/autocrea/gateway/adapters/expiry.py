"""Which rows nobody asks for any more: answers to old requests, old events of people's own feeds, dead tokens."""

from datetime import timedelta

from autocrea.chassis.expiry import Expiry

EXPIRE_ANSWERS_AND_FEEDS = "expire_answers_and_feeds"
ANSWERS_KEPT = timedelta(
    hours=48
)  # a client that repeats a request does so within minutes, a script after a night
FEEDS_KEPT = timedelta(days=7)  # whoever comes back later gets a snapshot instead
EXPIRED_TOKENS_KEPT = timedelta(
    days=30
)  # so long a script is told that its token has expired, not that it never was

_ANSWERS = """
DELETE FROM idempotency_keys WHERE (user_id, key) IN (
    SELECT user_id, key FROM idempotency_keys WHERE created_at < now() - $1::interval LIMIT $2)"""
_FEEDS = """
DELETE FROM feed_events WHERE (stream, sequence) IN (
    SELECT stream, sequence FROM feed_events
    WHERE starts_with(stream, 'user:') AND stored_at < now() - $1::interval LIMIT $2)"""

_TOKENS = """
DELETE FROM access_tokens WHERE token_id IN (
    SELECT token_id FROM access_tokens WHERE expires_at < now() - $1::interval LIMIT $2)"""

EXPIRIES = (Expiry(_ANSWERS, ANSWERS_KEPT), Expiry(_FEEDS, FEEDS_KEPT), Expiry(_TOKENS, EXPIRED_TOKENS_KEPT))
