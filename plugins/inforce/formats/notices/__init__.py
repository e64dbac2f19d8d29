"""Change notices as they are published: words, JSON, Atom, JSON Feed, calendar. What is told, `core.notice` decides."""
