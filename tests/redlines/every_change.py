"""Two texts between which there is every kind of change."""

from textwrap import dedent

OLD = dedent("""\
    # User Agreement

    This is the agreement between you and us.

    ## Definitions

    Service
    :   What we offer on this site.

    Content
    :   What you send us.

    ## Cookies

    We set two cookies, both of which end with your session[^1].

    We set no others.

    ## Orders

    Orders are binding as soon as we have confirmed them [by mail](mail.md). You may cancel within 30 days after you
    have received the goods, and we bear the cost of sending them back to our offices in Seoul, whatever the reason is.

    1. You order.
    2. We confirm.
    3. We send.
    4. You pay in advance, unless we have agreed on something else.
    5. We keep your orders for five years, and we keep your mail for thirty days.
    6. Nothing else is kept.
    7. Nobody else is told.

    We answer every letter. We answer every call.

    > Whoever is in delay owes interest.

    We may end this agreement at any time.

    | Country | Days | Costs |
    | --- | --- | --- |
    | Korea | 3 | none |
    | Japan | 5 | 10 USD |
    | France | 9 | 20 USD |
    | Kenya | 12 | 30 USD |
    | Chile | 14 | 40 USD |
    | Peru | 14 | 40 USD |
    | Iceland | 8 | 25 USD |

    ### Payment

    You pay in advance.

    ## Liability

    We are liable for intent and for gross negligence.

    We are liable for nothing else.

    - Not for delay.
    - Not for loss.
    - Not for anything that you do.
    - Not for anything that others do.
    - Not for the weather.

    ## Law

    The law of the Republic of Korea applies.

    The courts of Seoul have jurisdiction.

    ```
    Q Store Inc.
    Seoul
    ```

    [^1]: That is when you close your browser.
    """)
NEW = dedent("""\
    # User Agreement

    This is the agreement between you and us.

    ## Definitions

    Service
    :   What we offer on this site.

    Content
    :   What you send us, and what others send us about you.

    ## Orders

    Orders are binding as soon as we have confirmed them [by mail](post.md). You may cancel within 60 days after you
    have received the goods, and we bear the cost of sending them back to our offices in Seoul, whatever the reason is.

    1. You order.
    2. We send.
    3. You pay in advance, unless we have agreed on something else.
    4. We keep your orders for five years.
    5. We keep your mail for thirty days.
    6. Nothing else is kept.
    7. Nobody else is told.

    We answer every letter, and we do so within a week. We answer every call.

    Whoever is in delay owes interest.

    | Country | Days | Costs |
    | --- | --- | --- |
    | Korea | 2 | none |
    | Japan | 5 | 10 USD |
    | France | 9 | 20 USD |
    | Kenya | 12 | 30 USD |
    | Chile | 14 | 40 USD |
    | Peru | 14 | 40 USD |
    | Iceland | 8 | 25 EUR |
    | Norway | 8 | 25 EUR |

    ## Payment

    You pay in **advance**.

    Nobody pays in cash.

    ## Liability

    We are liable for intent and for gross negligence.

    We are liable for nothing else.

    - Not for delay.
    - Not for loss.
    - Not for anything that you do.
    - Not for anything that others do.
    - Not for the weather.

    ## Law

    The law of the Republic of Korea applies. The courts of Seoul have jurisdiction.

    ```
    Q Store Inc.
    Busan
    ```

    ## Cookies

    We set two cookies, both of which end with your session[^1].

    We set no others.

    [^1]: That is when you close your browser.
    """)
