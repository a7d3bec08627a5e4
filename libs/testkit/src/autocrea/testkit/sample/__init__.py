"""The smallest service on the chassis, in billing's place: what the chassis' own suite starts, kills and counts."""
