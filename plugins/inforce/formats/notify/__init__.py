"""What the notification job reads and writes: its settings, recipients, mails, and notices as the ledger keeps them."""
