"""A phone company in a box: plays Twilio towards an application, over HTTP or in the same process.

It knows nothing of the application. `Carrier` is where to begin; `python -m carrier` runs it in real time.
"""

from carrier.account import Account as Account
from carrier.beliefs import Beliefs as Beliefs
from carrier.clocks import RealClock as RealClock
from carrier.clocks import VirtualClock as VirtualClock
from carrier.company import Carrier as Carrier
from carrier.errors import CarrierError as CarrierError
from carrier.errors import TimedOut as TimedOut
from carrier.errors import TwimlError as TwimlError
from carrier.errors import Unreachable as Unreachable
from carrier.rest import RestAnswer as RestAnswer
from carrier.texting import Attachment as Attachment
from carrier.timings import Timings as Timings
from carrier.webhooks import Webhook as Webhook
from carrier.webhooks import WebhookAnswer as WebhookAnswer
