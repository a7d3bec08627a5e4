"""Which rows nobody can ask for any more: answers to old requests, old events of people's own feeds."""

from datetime import timedelta

from autocrea.chassis.expiry import Expiry

EXPIRE_ANSWERS_AND_FEEDS = "expire_answers_and_feeds"
ANSWERS_KEPT = timedelta(
    hours=48
)  # a client that repeats a request does so within minutes, a script after a night
FEEDS_KEPT = timedelta(days=7)  # whoever comes back later gets a snapshot instead

_ANSWERS = """
DELETE FROM idempotency_keys WHERE (user_id, key) IN (
    SELECT user_id, key FROM idempotency_keys WHERE created_at < now() - $1::interval LIMIT $2)"""
_FEEDS = """
DELETE FROM feed_events WHERE (stream, sequence) IN (
    SELECT stream, sequence FROM feed_events
    WHERE starts_with(stream, 'user:') AND stored_at < now() - $1::interval LIMIT $2)"""

EXPIRIES = (Expiry(_ANSWERS, ANSWERS_KEPT), Expiry(_FEEDS, FEEDS_KEPT))
