"""What English-writing customers of the demo ask, and what they are told. {slots} are filled by `history`."""

from __future__ import annotations

from contact_center.demo.stories import About, Opening, Story

STORIES = (
    Story(
        kind="REPAIR",
        tags=("cooling",),
        weight=5,
        openings=(
            Opening(
                About.FRIDGE,
                ("Fridge not cooling", "{fridge}: too warm inside", "Freezer fine, fridge at 11 degrees"),
                "Hello,\n\nour {fridge} (serial number {serial}) has stopped cooling since {weekday}. The freezer is fine, but the fridge "
                "shows 11 °C. I switched it off and on again, that did not help. The fan does not seem to run.\n\nIs this covered by "
                "the warranty?\n\nKind regards\n{name}",
            ),
            Opening(
                About.FRIDGE,
                ("Fridge getting warmer", "{fridge}: 12 degrees inside"),
                "Hi there, the fridge we bought from you in {month} is getting warmer every day, it is at 12 °C now. The food goes bad. "
                "Please send somebody as soon as possible, {weekday} morning would be best for us.\n\n{name}",
            ),
        ),
        answers=(
            "Thank you for writing. With these signs it is almost always the start relay. Your {fridge} is covered, so the repair is "
            "free of charge. Our technician can come on {weekday} between 9:30 and 11:30. Does that suit you?",
            "I am sorry about the food. Could you send a photo of the type label (inside, left, behind the vegetable drawer)? Then I "
            "can order the right part today.",
        ),
        replies=(
            "{weekday} is fine, somebody will be at home from nine. Thank you!",
            "Yes, that works. The label is in the photo.",
        ),
        closings=("The technician has replaced the relay. Please write to us if it gets warm again.",),
        thanks=("It has been at 5 °C since yesterday. Thank you for the quick help!", "Works again. Great service."),
        note="Relay batch 24-W18, see service bulletin SB-211. One is in the Hamburg van.",
    ),
    Story(
        kind="REPAIR",
        tags=("laundry",),
        weight=4,
        openings=(
            Opening(
                About.WASHER,
                ("Washing machine does not pump", "{washer}: water stays inside"),
                "Hello,\n\nour washing machine, a {washer} (serial number {serial}), stops in the middle of the programme and the water "
                "stays inside. I have cleaned the filter. What else can it be?\n\nKind regards\n{name}",
            ),
            Opening(
                About.WASHER,
                ("Washing machine jumps when spinning", "{washer} walks through the bathroom"),
                "Hi, the washing machine of {month} walks through the bathroom when it spins. It stands level, I have checked. Can "
                "somebody have a look, {weekday} perhaps?\n\n{name}",
            ),
        ),
        answers=(
            "Thank you for checking that first. It is most likely the pump or the dampers, and your {washer} is under warranty. Our "
            "technician brings both on {weekday} between 9:30 and 11:30. Does that suit you?",
        ),
        replies=("{weekday} is fine, I will be there.", "Yes, please. The machine is on the second floor."),
        closings=("The technician has put it right. Please write to us if it comes back.",),
        thanks=("Washes and spins again, thank you!",),
        note="Bring pump and a pair of dampers, W9 before 25K12.",
    ),
    Story(
        kind="DELIVERY",
        tags=("delivery",),
        weight=6,
        openings=(
            Opening(
                About.LATE,
                ("Where is my order {order}?", "Delivery of order {order}"),
                "Good morning,\n\nmy order {order} was due on {weekday} and nobody came or called. The tracking page has not changed for "
                "three days. When will the {model} arrive?\n\n{name}",
            ),
            Opening(
                About.LATE,
                ("Nobody came on {weekday}", "Delivery of order {order}: nobody came"),
                "Hello, I stayed at home all of {weekday} for the delivery of order {order}. Nothing. Please tell me the new date, I "
                "cannot take another day off.\n\nThanks\n{name}",
            ),
        ),
        answers=(
            "I have found your order. It is at the depot in {city}; the van broke down on {weekday}. The new date is {weekday2} between 8 and 12, and the "
            "driver will call half an hour before. I am sorry for the lost day.",
            "Your order {order} left our warehouse yesterday. The carrier will send you a text message with a two-hour window.",
        ),
        replies=("All right, but please make sure they call.", "Thank you, {weekday2} works."),
        closings=("The carrier reports that it was delivered and installed. Enjoy it!",),
        thanks=("It has arrived. Thanks.",),
        note="Called the depot: pallet was on the wrong van. They promise {weekday2} morning.",
    ),
    Story(
        kind="RETURN",
        tags=("return",),
        weight=3,
        openings=(
            Opening(
                About.HOOD,
                ("Hood too wide for my cabinet, return", "Return of order {order}"),
                "Hello,\n\nthe hood from order {order} is 4 cm too wide for our cabinet. It is unused and in its box. How do I return it, and "
                "who pays for the carrier?\n\nBest wishes\n{name}",
            ),
            Opening(
                About.SHELF,
                ("Wrong shelf delivered twice", "Wrong shelf in order {order}"),
                "This is the second time that the wrong shelf has been sent. I ordered the one for the {fridge}. Please collect the wrong "
                "one and send the right one.\n\n{name}",
            ),
        ),
        answers=(
            "You can return it free of charge until the end of the month. I have booked a pick-up for {weekday}; please keep the box. "
            "The label is attached to the confirmation you will get today.",
        ),
        replies=("Pick-up on {weekday} is fine.", "Thank you. Will the money go back to my card?"),
        closings=("The parcel has reached us and {amount} are on their way back to you.",),
        thanks=("Money is here, thank you.",),
        note="Second wrong pick from shelf row 14. Told the warehouse.",
    ),
    Story(
        kind="INVOICE",
        tags=("invoice",),
        weight=3,
        openings=(
            Opening(
                About.BILLED,
                ("Invoice shows VAT twice", "Invoice for order {order} must be corrected"),
                "Dear Sir or Madam,\n\non the invoice for order {order} VAT is listed twice. Please send a corrected one, our accounts "
                "department cannot book it like this.\n\nYours sincerely\n{name}",
                answers=(
                    "You are right, the shipping line was taxed twice. The corrected invoice is on its way to you; nothing else changes.",
                ),
                replies=("Received, thank you.",),
                closings=("Good. I am closing this; simply answer if anything is missing.",),
            ),
            Opening(
                About.BILLED,
                ("Charged twice for order {order}", "Two bookings of {amount}"),
                "Hello, my card was charged twice for order {order}: {amount} on {weekday} and again the next day. Please check and refund "
                "one of them.\n\n{name}",
                answers=(
                    "I can see both bookings. One was only a reservation and will disappear within three working days. I will check on {weekday} and write to you.",
                ),
                replies=(
                    "It is still there.",
                    "All right, I will wait.",
                ),
                closings=("The second booking is gone. I am closing this; simply answer if anything is missing.",),
            ),
        ),
        thanks=("Confirmed, all good.",),
        note=None,
    ),
    Story(
        kind="QUESTION",
        tags=("advice",),
        weight=4,
        openings=(
            Opening(
                About.STEAMER,
                ("Descaler for the {steamer}?", "Which descaler may I use?"),
                "Hi, which descaler may I use for the {steamer}? The manual only says 'a suitable one'.\n\nThanks, {name}",
                answers=(
                    "Any citric-acid descaler will do, 50 g to a litre of water, ours has the number NR-3299. Please no vinegar, it attacks the seals.",
                ),
                replies=(
                    "Perfect, that was quick!",
                    "How often should I do it?",
                ),
                closings=("About every two months, or when the lamp comes on.",),
            ),
            Opening(
                About.FRIDGE,
                ("Can I move the hinge to the other side?", "{fridge}: turn the door"),
                "Hello,\n\nwe want to turn the door of our {fridge}, the hinge is on the right now. Is there a kit, and can I do it "
                "myself?\n\n{name}",
                answers=(
                    "Yes, the door can be turned. You need the kit 4410-H, and it takes about forty minutes with two people. The steps are on page 18 of the manual.",
                ),
                replies=("Where can I order it?",),
                closings=("You find it in the shop under the number 4410-H.",),
            ),
            Opening(
                About.NOTHING,
                ("Which fridge for a niche of 178 cm?", "Before I buy: noise of the {model}"),
                "Hello,\n\nwe are planning a kitchen and have a niche of 178 cm. Which of your fridges fits, and how loud is it? The kitchen is "
                "open to the living room.\n\nBest wishes\n{name}",
                answers=(
                    "The FrostLine 300 fits with two centimetres to spare, and at 36 dB you hardly hear it. The drawing with all measures "
                    "is on its page in the shop.",
                ),
                replies=("Thank you, that helps. Can I see it somewhere?",),
                closings=("Gladly: it stands in our showroom, Monday to Saturday from ten. Just ask for it.",),
            ),
            Opening(
                About.NOTHING,
                ("Do you deliver to the fourth floor?", "Delivery and installation: what does it cost?"),
                "Good day, before I order the {model}: do you carry it up to the fourth floor without a lift, and do you take the old one "
                "along?\n\n{name}",
                answers=("Yes to both, and it costs nothing above 300 euros. Please write the floor on the order.",),
                replies=("Very good, then I will order this week.",),
                closings=("We look forward to it.",),
            ),
        ),
        thanks=("Thank you!",),
        note=None,
    ),
    Story(
        kind="COMPLAINT",
        tags=("complaint",),
        weight=2,
        openings=(
            Opening(
                About.WASHER,
                ("Second repair and still broken", "Drum knocks when spinning, second repair"),
                "Hello,\n\nyour technician was here twice and the {washer} still knocks when spinning. I have now taken two days off for "
                "nothing. I expect a replacement or my money back.\n\n{name}",
            ),
            Opening(
                About.WASHER,
                ("Very disappointed", "Nobody calls back, order {order}"),
                "I have been your customer since 2017 and I have never been treated like this. Nobody calls back, and I explain the same "
                "thing to a different person every time. Order {order}. Please let somebody who can decide call me.\n\n{name}",
            ),
        ),
        answers=(
            "I have read your whole history, so you need not explain it again, and I am sorry. A third repair makes no sense: you get a "
            "new {washer}, delivered and installed on {weekday}, and {amount} for the two lost days.",
        ),
        replies=("That is fair. {weekday} is fine.", "Thank you for taking it seriously."),
        closings=("The new machine is installed. My direct line is in the signature, should anything come up.",),
        thanks=("It runs quietly. Thank you, you have turned this around.",),
        note="Approved by Lee: exchange plus goodwill. Tell the customer before noon.",
    ),
    Story(
        kind="ORDER",
        tags=("order",),
        weight=3,
        openings=(
            Opening(
                About.FRESH,
                ("Change of address for order {order}", "Order {order}: new address"),
                "Hello, I moved last week. Can order {order} go to the new address? {street}, {city}.\n\nThanks\n{name}",
                answers=(
                    "Done: order {order} goes to {street}, {city}. You will get a new confirmation in a few minutes.",
                ),
                replies=("Thank you very much.",),
                closings=("The new address stands on the delivery note.",),
            ),
            Opening(
                About.NOTHING,
                ("Quote for 14 units", "14 × {model}: your price?"),
                "Good afternoon,\n\nwe are refitting our kitchens and need 14 × {model} by the end of next month, installed. Could you "
                "send us a quote with an extended warranty?\n\nBest regards\n{name}",
                answers=(
                    "Gladly. I have passed your request to our colleague for business customers; the quote will be with you by {weekday}.",
                ),
                replies=("Could you include the removal of the old ones?",),
                closings=("The quote including removal was sent today.",),
            ),
        ),
        thanks=("Received, thanks.",),
        note=None,
    ),
)
