"""Command judge: verdicts on models whose predictions were made elsewhere, without torch or DVC."""
