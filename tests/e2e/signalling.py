"""The company's side of the browser library: `wss://<host>/signal`, one end of a voice, and the call at a carrier.

A private protocol of @twilio/voice-sdk 2.18 (`twilio/pstream.ts`): a JSON message a frame, `{type, payload, version}`.
Who signs in is let in by the carrier's own reading of passes, and an invitation becomes a call of that carrier.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from array import array
from collections import deque
from fractions import Fraction
from itertools import count
from typing import Any

from aioice import ice
from aiortc import AudioStreamTrack, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame
from simple_websocket import AioServer, ConnectionClosed
from simple_websocket.aiows import AioBase

from carrier.company import Carrier
from carrier.legs import Event, Leg
from carrier.server import passes

ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]  # nothing leaves this machine

HOST = "voice-js.*.twilio.com"  # where the library looks: anywhere first, then where it was let in
RATE, PITCH = 48_000, 440
SPAN = RATE // 50  # samples of 20 ms
QUIET = 50  # of 32,767: no voice is so low
Message = dict[str, Any]


class Tone(AudioStreamTrack):
    """What the other end of the call says: a tone, loud enough to measure."""

    def __init__(self) -> None:
        super().__init__()
        wave = (8000 if sample * PITCH * 2 // RATE % 2 else -8000 for sample in range(SPAN * 5))
        self._sound = array("h", wave).tobytes()
        self._spans = count()
        self._begun = 0.0

    async def recv(self) -> AudioFrame:
        span, loop = next(self._spans), asyncio.get_running_loop()
        self._begun = self._begun or loop.time()
        await asyncio.sleep(self._begun + span * 0.02 - loop.time())
        frame = AudioFrame(format="s16", layout="mono", samples=SPAN)
        at = span % 5 * SPAN * 2
        frame.planes[0].update(self._sound[at : at + SPAN * 2])
        frame.pts, frame.sample_rate, frame.time_base = span * SPAN, RATE, Fraction(1, RATE)
        return frame


class Voice:
    """One browser's voice, and the call that it has."""

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.keys = ""
        self.heard: deque[int] = deque(maxlen=50)  # how loud each 20 ms of the last second were
        self._connection = RTCPeerConnection()
        self._listening: asyncio.Task[None] | None = None

    @property
    def is_heard(self) -> bool:
        return any(loud > QUIET for loud in self.heard)

    @property
    def is_silent(self) -> bool:
        return len(self.heard) == self.heard.maxlen and not self.is_heard

    async def answer(self, offer: str) -> str:
        """The description with which a browser's is answered."""
        self._connection.on("track", self._listen)
        await self._connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        self._connection.addTrack(Tone())
        await self._connection.setLocalDescription(await self._connection.createAnswer())
        return str(self._connection.localDescription.sdp)

    @property
    def description(self) -> str:
        return str(self._connection.localDescription.sdp)

    def _listen(self, track: Any) -> None:
        self._listening = asyncio.create_task(self._hear(track))

    async def _hear(self, track: Any) -> None:
        try:
            while True:
                frame = await track.recv()
                self.heard.append(max(map(abs, array("h", bytes(frame.planes[0])))))
        except MediaStreamError:
            return

    async def close(self) -> None:
        await self._connection.close()


class Signalling:
    """Where browsers sign in. Each method but `start` and `stop` is about what a test wants to see or to break."""

    def __init__(self, carrier: Carrier, lock: threading.RLock, context: ssl.SSLContext) -> None:
        self._carrier, self._lock, self._context = carrier, lock, context
        self.port = 0
        self.refuses = 0  # the code with which whoever signs in is refused
        self.passes: list[str] = []  # every pass that came
        self.resumed = 0  # how many calls have come back by another line
        self.voices: list[Voice] = []
        self._lines: dict[AioServer, passes.Holder] = {}
        self._calls: dict[str, tuple[AioServer, Voice]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="signalling", daemon=True)
        carrier.exchange.observers.append(self._heed)

    def start(self) -> None:
        self._thread.start()
        serving = asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._context)
        self._server = asyncio.run_coroutine_threadsafe(serving, self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        self._carrier.exchange.observers.remove(self._heed)
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def break_lines(self) -> None:
        """Every connection ends without a word."""
        for line in list(self._lines):
            self._loop.call_soon_threadsafe(line.wsock.transport.abort)

    async def _close(self) -> None:
        self._server.close()
        for line in list(self._lines):
            line.wsock.transport.abort()
        for voice in self.voices:
            await voice.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = (await reader.readuntil(b"\r\n\r\n")).decode()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()  # a browser opens more connections than it uses
            return
        if not asked.startswith("GET /signal "):
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            writer.close()
            return
        line = AioServer({"headers": dict(row.split(": ", 1) for row in asked.split("\r\n")[1:] if row)})
        line.headers, line.mode = line.request["headers"], "custom"
        line.rsock, line.wsock = reader, writer
        try:
            await AioBase.connect(line)
            while True:
                said = await line.receive()
                if said != "\n":
                    await self._take(line, json.loads(said))
        except (ConnectionClosed, ConnectionError):
            self._lines.pop(line, None)

    async def _take(self, line: AioServer, said: Message) -> None:
        act = getattr(self, f"_{said['type']}", None)
        assert act is not None, f"the library says something new: {said['type']}"
        await act(line, said["payload"])

    async def _say(self, line: AioServer, kind: str, **payload: Any) -> None:
        await line.send(json.dumps({"type": kind, "payload": payload, "version": "1.6"}))

    # What the library says

    async def _listen(self, line: AioServer, said: Message) -> None:
        self.passes.append(said["token"])
        holder = passes.read(self._carrier.exchange.account, said["token"], self._carrier.now.timestamp())
        if self.refuses or holder is None:
            await self._say(line, "error", error={"code": self.refuses or 31204, "message": "refused"})
            return
        self._lines[line] = holder
        token = {"identity": holder.identity, "ttl": int(holder.until - self._carrier.now.timestamp())}
        await self._say(line, "connected", region="US_EAST_VIRGINIA", edge="ashburn", home="us1", token=token)

    async def _register(self, line: AioServer, said: Message) -> None:
        await self._say(line, "ready")

    async def _invite(self, line: AioServer, said: Message) -> None:
        if "reconnect" in said:  # the same call by another line
            _, voice = self._calls[said["callsid"]]
            self._calls[said["callsid"]] = (line, voice)
            self.resumed += 1
            await self._say(line, "answer", callsid=said["callsid"], sdp=voice.description, reconnect="again")
            return
        holder = self._lines[line]
        given = dict(pair.split("=") for pair in said["twilio"]["params"].split("&"))
        with self._lock:
            voice = Voice(self._carrier.connect_client(holder.identity, holder.application, given))
        self.voices.append(voice)
        self._calls[voice.leg.sid] = (line, voice)
        answer = await voice.answer(said["sdp"])
        await self._say(line, "answer", callsid=voice.leg.sid, sdp=answer, reconnect="again")

    async def _dtmf(self, line: AioServer, said: Message) -> None:
        self._calls[said["callsid"]][1].keys += said["dtmf"]

    async def _hangup(self, line: AioServer, said: Message) -> None:
        if said["callsid"] in self._calls:
            with self._lock:
                self._calls[said["callsid"]][1].leg.hang_up()

    def _heed(self, event: Event) -> None:
        """A call has ended at the carrier: in the clock's thread, or in ours."""
        if event.kind == "ended" and event.sid in self._calls:
            asyncio.run_coroutine_threadsafe(self._end(event.sid), self._loop)

    async def _end(self, sid: str) -> None:
        line, voice = self._calls.pop(sid)
        await voice.close()
        if line in self._lines:
            await self._say(line, "hangup", callsid=sid)
