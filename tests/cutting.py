"""A connection that is cut at random: a proxy on this machine between the browser and the server.

Where each request is cut is drawn from a seed: before anything passes, within the request, after the
server has answered a write (so it is committed) but before any of the answer passes, or within the answer.
"""

from __future__ import annotations

import socket
import threading
from collections import Counter
from contextlib import suppress
from random import Random
from typing import Literal
from urllib.parse import urlsplit

Moment = Literal["before", "within request", "after commit", "within answer", "never"]
MOMENTS: tuple[Moment, ...] = ("before", "within request", "after commit", "within answer", "never")
WRITES = (b"POST ", b"PATCH ")
PIECE = 16 * 1024


class CuttingProxy:
    """Forwards 127.0.0.1:<port> to a server. Cuts only while `armed`; `cuts` counts them by moment."""

    def __init__(self, target: str, seed: int) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._random = Random(seed)
        self._lock = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._open = True
        self.armed = False
        self.cuts: Counter[str] = Counter()
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._door.getsockname()[1]}"

    def close(self) -> None:
        self._open = False
        self._door.close()

    def _serve(self) -> None:
        while self._open:
            try:
                client, _address = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        plan = _Plan(self)
        try:
            server = socket.create_connection(self._target)
        except OSError:
            client.close()
            return
        with suppress(OSError):
            back = threading.Thread(target=self._answer, args=(plan, server, client), daemon=True)
            back.start()
            self._ask(plan, client, server)
            back.join(1)

    def _ask(self, plan: _Plan, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while piece := client.recv(PIECE):
                if piece.startswith(WRITES):
                    plan.draw()
                if plan.moment == "before":
                    plan.cut(server, client)
                    return
                if plan.moment == "within request":
                    plan.left -= len(piece)
                    if plan.left <= 0:
                        server.sendall(piece[: max(0, len(piece) + plan.left)])
                        plan.cut(server, client)
                        return
                server.sendall(piece)
            server.shutdown(socket.SHUT_WR)

    def _answer(self, plan: _Plan, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while piece := server.recv(PIECE):
                if plan.moment in ("after commit", "within answer"):
                    if plan.moment == "within answer":
                        client.sendall(piece[: len(piece) // 2])
                    plan.cut(client, server)
                    return
                client.sendall(piece)
        for end in (client, server):
            with suppress(OSError):
                end.close()

    def draw(self) -> tuple[Moment, int]:
        with self._lock:
            if not self.armed:
                return "never", 0
            return self._random.choice(MOMENTS), self._random.randint(1, 20_000)

    def count(self, moment: Moment) -> None:
        with self._lock:
            self.cuts[moment] += 1


class _Plan:
    """What is to happen to one connection: drawn anew for each write that passes, as a browser keeps a
    connection for many requests."""

    def __init__(self, proxy: CuttingProxy) -> None:
        self._proxy = proxy
        self.moment: Moment = "never"
        self.left = 0

    def draw(self) -> None:
        self.moment, self.left = self._proxy.draw()

    def cut(self, *ends: socket.socket) -> None:
        self._proxy.count(self.moment)
        for end in ends:
            with suppress(OSError):
                # A reset, as from a network that is gone, not a polite end.
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
                end.shutdown(socket.SHUT_RDWR)
            end.close()
