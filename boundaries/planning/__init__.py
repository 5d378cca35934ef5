"""The life of plans: branches, comparison, bringing up to date, submission, adoption, archive."""
