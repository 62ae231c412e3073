"""A proxy between the product and the simulators that lets any one request go wrong.

It is a server of its own on 127.0.0.1, so that what goes wrong does so on real connections. What
would take time (an answer that comes too late) takes none: the product's own stopwatch runs ahead.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from functools import partial
from types import TracebackType
from typing import Final, Self

from tests.adapters.faults.fault import Fault, Passed, half_of, said_instead
from tests.adapters.faults.wire import ConnectionEnded, Line, Message, Reader, Upstream

ADDRESS: Final = "127.0.0.1"


class FaultProxy:
    """Passes requests on, except those that it was told to let go wrong."""

    def __init__(
        self, upstream_of: Callable[[str], Upstream], *, time_is_up: Callable[[], object]
    ) -> None:
        """Take where requests go.

        Args:
            upstream_of: Where the server of a host is, as the Host header names it.
            time_is_up: Lets every deadline of the client's pass that is running now.
        """
        self._upstream_of = upstream_of
        self._time_is_up = time_is_up
        self._lock = threading.Lock()
        self._plan: Mapping[int, Fault] = {}
        self._passed: list[Passed] = []
        self._held: list[Message] = []
        self._ended = threading.Event()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server((ADDRESS, 0))

    @property
    def base_url(self) -> str:
        """The address that is served."""
        return f"http://{ADDRESS}:{self._listener.getsockname()[1]}"

    @property
    def passed(self) -> list[Passed]:
        """Every request since :meth:`begin`, in the order in which they came."""
        with self._lock:
            return list(self._passed)

    def begin(self, plan: Mapping[int, Fault]) -> None:
        """Count requests from 1 again, and let those of the plan go wrong."""
        with self._lock:
            self._plan, self._passed, self._held = plan, [], []

    def deliver_what_is_late(self) -> None:
        """Let requests arrive that were held; nobody waits for their answers any more."""
        with self._lock:
            held, self._held = self._held, []
        for request in held:
            with Line(self._upstream_of) as line:
                line.pass_on(request)

    def __enter__(self) -> Self:
        self._in_background(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        with self._lock:
            connections = [self._listener, *self._open]
        for sock in connections:
            # Shutting a socket down wakes the thread that waits for it; closing alone does not.
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _in_background(self, work: Callable[[], None]) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _accept(self) -> None:
        while not self._ended.is_set():
            with contextlib.suppress(OSError):
                client, _ = self._listener.accept()
                self._in_background(partial(self._serve, client))

    def _serve(self, client: socket.socket) -> None:
        with self._lock:
            self._open.add(client)
        reader = Reader(client)
        with client, Line(self._upstream_of) as line:
            # Whoever hangs up, or is gone, has no further request.
            with contextlib.suppress(OSError, ConnectionEnded):
                while self._answer(client, reader, line):
                    pass
            with self._lock:
                self._open.discard(client)

    def _answer(self, client: socket.socket, reader: Reader, line: Line) -> bool:
        """Do with one request as planned; returns whether the connection goes on."""
        request = reader.request()
        self.deliver_what_is_late()
        fault = self._note(request)
        if fault is None:
            client.sendall(line.pass_on(request).raw)
            return True
        answer = line.pass_on(request) if fault.is_carried_out_at_once else None
        instead = said_instead(fault)
        if instead is not None:
            client.sendall(instead)
            return True
        if fault in (Fault.LATE_ANSWER, Fault.LATE_REQUEST):
            self._let_the_time_run_out(client, reader)
        elif answer is not None and fault is Fault.TRUNCATED:
            client.sendall(half_of(answer))
        else:
            # Lingering for no time at all makes closing a reset.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    def _note(self, request: Message) -> Fault | None:
        with self._lock:
            fault = self._plan.get(len(self._passed) + 1)
            self._passed.append(Passed(request, fault))
            if fault is Fault.LATE_REQUEST:
                self._held.append(request)
        return fault

    def _let_the_time_run_out(self, client: socket.socket, reader: Reader) -> None:
        self._time_is_up()
        # Whoever waits for the rest looks at the clock when the first byte has come.
        client.sendall(b"H")
        reader.until_ended()
