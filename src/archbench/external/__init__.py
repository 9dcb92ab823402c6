"""Stage external: models whose predictions were made elsewhere, beside those trained here."""
