"""The guesthouse in Hamburg: who Greta Lindqvist is and what she wrote."""

from __future__ import annotations

from contact_center.demo.buyers import Buyer
from contact_center.demo.told import PART, Episode, Told

GRETA = Buyer(
    "Greta Lindqvist", "greta@lindqvist.example", "+49405550184", "en", "Hamburg", "DE", "Sierichstraße 18", "22301",
    "North", number="C-48213", birthday="1979-03-14",
    remarks=("Hotel management school, Malmö", "Two children at school", "Runs the guesthouse Pension Lindqvist, 24 rooms", "Sailing", "To the point; wants the date first, the reason after"),
    more={
        "phones": "+49405550184; +46705550184",
        "about": "Customer since 2017. Takes the children to school first: visits after nine.",
    },
)  # fmt: skip

HAMBURG = Told(
    GRETA,
    owner="Ada Brandt",
    supervisor="Lee Wong",
    share=1.0,
    episodes=(
        Episode(
            302, "QUESTION", "Can I turn the door of the room fridges?",
            "Hello,\n\nin eight of the rooms the MiniCool 90 should open to the other side. Can we do that ourselves?\n\nGreta Lindqvist",
            "Hello Greta,\n\nyes: two screws below, two above, ten minutes each. The steps are on page 9 of the manual.",
            "Thank you, we will do it on Monday.",
            "Hello Greta,\n\nvery good. I am closing this; simply answer if a hinge makes trouble.",
            score=5, comment="Answered within the hour, with the page number.", by_web=True,
        ),
        Episode(
            205, "DELIVERY", "Kitchens: all six on one day?",
            "Hello Ada,\n\ncan order {order} come on one day for all six flats? The lift is only free in the mornings.\n\nGreta",
            "Hello Greta,\n\nI have booked two vans for the morning; they carry everything up and take the old ones along.",
            "Perfect, somebody will be at the door at eight.",
            "Hello Greta,\n\nall six stand and run. The papers are in your mail.",
            note="Two vans from Hamburg depot, lift reserved 8–11.", order="FrostLine 300", score=5, comment="Everything on one morning, as promised.",
        ),
        Episode(
            118, "INVOICE", "Invoice for order {order}: name of the guesthouse",
            "Hello,\n\nplease put “Pension Lindqvist” on the invoice for order {order}, my tax adviser insists.\n\nGreta Lindqvist",
            "Hello Greta,\n\nthe corrected invoice is on its way to you; nothing else changes.",
            "Received, thank you.",
            "Hello Greta,\n\ngood. The name stands in your file now, so the next ones will be right.",
            order="Oven ONE 300", score=4, by_web=True,
        ),
        Episode(
            52, "COMPLAINT", "Nobody came for the glass washer, twice",
            "Hello Ada,\n\nthe glass washer from order {order} was to be connected last week. Nobody came on Tuesday, nobody came on Thursday, and nobody called. The bar opens on Saturday.\n\nGreta Lindqvist",
            "Hello Greta,\n\nI am sorry; the fitter was sent to another address both times. He comes tomorrow at half past nine, I have spoken with him myself, and you get the connection free of charge.",
            "All right. But please let it be the last time.",
            "Hello Greta,\n\nit is connected and runs. The amount for the two lost mornings is on your account.",
            note="Wrong address in the fitter's plan. Lee agreed to the goodwill.", order="GlassWash 50", score=2, comment="Solved in the end, but two mornings lost.",
        ),
        Episode(
            19, "COMPLAINT", "Washing machine knocks again after the repair",
            "Hello,\n\nthe first of the two W9 Pro knocks again when spinning, two weeks after the repair. With 24 rooms I cannot do without it.\n\nGreta Lindqvist",
            "Hello Greta,\n\nI have read the whole history, you need not explain it again. A second repair makes no sense: you get a new machine on Friday, installed, and the old one goes with us.",
            "That is what I had hoped for. Friday after nine, please.",
            "Hello Greta,\n\nthe new machine is installed and the laundry contract goes on with it.",
            note="Bearing of the old series (before 25K12): exchange, see known defects.", order="W9 Pro", score=5, comment="Exchanged at once instead of a third visit. Thank you, Ada.",
        ),
        Episode(
            2.2, "REPAIR", "Fridge not cooling",
            "Hello Ada,\n\nthe FrostLine 420 in my own kitchen (serial number {serial}) has been at 11 °C since yesterday. The freezer is fine, but the fan stays off, also after a reset. Is this still under warranty?\n\nGreta",
            "Hello Greta,\n\nthis is almost always the start relay, and it is covered: your warranty runs for some days more. The part is on its way to our Hamburg store. The technician can come in three days between 9:30 and 11:30. Does that suit you?",
            "Hello Ada,\n\nafter 9:30 is fine, I take the children to school first. The photo of the label is attached to my last mail. The light flickers whenever the compressor tries to start, then it gives up.\n\nGreta",
            note="Flicker, no fan: start relay, batch 24-W18 (SB-211). One for Jonas's van as soon as it is in.", order="FrostLine 420",
        ),
    ),
    visit="Technician visit, after 9:30 (Jonas)",
    part=f"Fit start relay {PART}",
    notes=(
        "Takes the children to school first: visits after nine. Decides herself, at once.",
        "Plans two more rooms for next spring; wants a quote in January.",
    ),
    document=(
        "care-plus.pdf", "Care Plus contract, signed",
        ("Customer: Greta Lindqvist, Pension Lindqvist, Sierichstraße 18, Hamburg",
         "Covers: repairs and questions, all appliances of the guesthouse",
         "Answer within 4 hours of service, repair within 24", "4 visits a year, parts and labour included",
         "Signed in Hamburg: Greta Lindqvist; for Norra: Ada Brandt"),
    ),
    evidence="Ticked on the contract form, signed",
    goodwill="Two mornings lost, nobody came to connect the glass washer",
    credit=("20000", "Pays within a week, since 2017"),
)  # fmt: skip
