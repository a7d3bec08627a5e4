"""One call to a model answered, whatever the wire: check, rule, writer, play, log. Each wire words it its own way."""
