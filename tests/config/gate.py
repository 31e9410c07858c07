"""A TCP proxy to a server that can be shut: connections are cut and new ones refused, as when the server stops."""

import contextlib
import socket
import threading

from tests.config.running import free_port


class Gate:
    def __init__(self, host: str, port: int):
        self.behind, self.port = (host, port), free_port()
        self.listener, self.sockets = None, set()

    def open(self):
        self.listener = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        threading.Thread(target=self._let_in, args=[self.listener], daemon=True).start()

    def shut(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for one in list(self.sockets):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _let_in(self, listener):
        with contextlib.suppress(OSError):
            while True:
                asker, _ = listener.accept()
                server = socket.create_connection(self.behind)
                for source, target in ((asker, server), (server, asker)):
                    threading.Thread(target=self._pass, args=[source, target], daemon=True).start()

    def _pass(self, source, target):
        self.sockets.add(source)
        with contextlib.suppress(OSError):
            while part := source.recv(65536):
                target.sendall(part)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)
        self.sockets.discard(source)
        source.close()
