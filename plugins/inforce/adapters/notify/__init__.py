"""What the notification job reads and reaches: a site's notices, who is told, mail, webhook, and its ledger."""
