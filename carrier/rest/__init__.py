"""The REST API of the carrier, as far as it is emulated: everything else is answered with 501."""

from carrier.rest.answers import RestAnswer as RestAnswer
from carrier.rest.routes import serve as serve
