"""A wire that counts: a TCP proxy on loopback, with the bytes that went through it and a switch to cut it."""

import socket
import threading

import cluster


class Proxy:
    """Listens on a port of its own and connects each caller to `port`."""

    def __init__(self, port):
        self.port = port
        self.lock = threading.Lock()
        self.up = self.down = self.connections = 0  # bytes from callers, bytes to them
        self.open = set()
        self.cut_after = None  # bytes towards the callers after which everything is cut, once
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def total(self):
        with self.lock:
            return self.up + self.down

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.port))
            except OSError:
                near.close()
                continue
            with self.lock:
                self.connections += 1
                self.open |= {near, far}
            for source, sink, up in ((near, far, True), (far, near, False)):
                threading.Thread(target=self.pump, args=(source, sink, up), daemon=True).start()

    def pump(self, source, sink, up):
        try:
            while data := source.recv(1 << 16):
                with self.lock:
                    if up:
                        self.up += len(data)
                    else:
                        self.down += len(data)
                    cut = self.cut_after is not None and self.down > self.cut_after
                    if cut:
                        self.cut_after = None
                if cut:
                    self.cut()
                    return
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        with self.lock:
            ends, self.open = self.open, set()
        for end in ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    def close(self):
        self.listener.close()
        self.cut()


def behind(node, *arguments):
    """Starts the node anew behind a proxy: its peers are told the proxy's address."""
    node.proxy = Proxy(node.port)
    return node.start("--advertise", node.proxy.address, *arguments)


class CountedCluster(cluster.Cluster):
    """Each node behind a counting proxy."""

    def add(self, name):
        node = cluster.Node(self.home, name, **self.places.get(name, {}))
        self.nodes[name] = node
        setattr(self, name, node)
        return behind(node)

    def wire(self):
        return sum(node.proxy.total for node in self.nodes.values())

    def close(self):
        super().close()
        for node in self.nodes.values():
            node.proxy.close()
