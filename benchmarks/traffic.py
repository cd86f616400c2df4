"""Bytes between a page and its server: in frames, as the browser counts them, and on the wire, through a relay."""

from __future__ import annotations

import base64
import contextlib
import socket
import threading
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page


@dataclass
class Traffic:
    """Bytes of websocket frames, as the page's own developer tools count them."""

    received: int = 0
    sent: int = 0
    asked: float = 0.0
    """When the first frame was sent since they were taken, in s; ``answered``: when the last one came."""
    answered: float = 0.0

    def watch(self, page: Page) -> None:
        tools = page.context.new_cdp_session(page)
        tools.send("Network.enable")
        tools.on("Network.webSocketFrameReceived", lambda event: self._add("received", event))
        tools.on("Network.webSocketFrameSent", lambda event: self._add("sent", event))

    def _add(self, side: str, event: dict[str, Any]) -> None:
        frame = event["response"]
        data = frame["payloadData"]
        size = len(base64.b64decode(data)) if frame["opcode"] == 2 else len(data.encode())
        setattr(self, side, getattr(self, side) + size)
        if side == "sent":
            self.asked = self.asked or event["timestamp"]
        else:
            self.answered = event["timestamp"]

    def taken(self) -> tuple[int, float]:
        """Bytes, and ms from the first frame sent to the last one received, since the last time."""
        total, took = self.received + self.sent, 1000 * (self.answered - self.asked) if self.asked else 0.0
        self.received, self.sent, self.asked = 0, 0, 0.0
        return total, took


class Wire:
    """A relay to a server that counts what crosses the wire, both ways, after compression."""

    def __init__(self, address: str) -> None:
        self.target = ("127.0.0.1", int(address.rsplit(":", 1)[1]))
        self.door = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        self.bytes = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            client, _ = self.door.accept()
            server_ = socket.create_connection(self.target)
            for source, sink in ((client, server_), (server_, client)):
                threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.bytes += len(data)
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def taken(self) -> int:
        total, self.bytes = self.bytes, 0
        return total
