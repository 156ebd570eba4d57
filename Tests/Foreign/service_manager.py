"""Plays the service manager of `fdpass-server park`, its server and its clients, over a restart.

Usage: service_manager.py SERVER. Speaks sd_notify(3) and sd_listen_fds(3) as systemd does: who sends
is known by credentials, descriptors are stored by name, and come back in an order of its own. Ends
with 0 when every connection came through, and with a sentence otherwise.
"""
import array
import os
import resource
import select
import signal
import socket
import struct
import sys
import tempfile

COUNT = 300
DEADLINE = 60


def receive(sock, room=4096):
    """One message, its descriptors, and its sender's process where the socket asks for that."""
    if not select.select([sock], [], [], DEADLINE)[0]:
        raise SystemExit("nothing came in time")
    control = socket.CMSG_SPACE(253 * 4) + socket.CMSG_SPACE(12)
    data, messages, _, _ = sock.recvmsg(room, control)
    descriptors, pid = array.array("i"), None
    for level, kind, payload in messages:
        if kind == socket.SCM_RIGHTS:
            descriptors.frombytes(payload)
        elif kind == socket.SCM_CREDENTIALS:
            pid = struct.unpack("iII", payload)[0]
    return data.decode(), list(descriptors), pid


class Manager:
    def __init__(self, server, folder):
        self.server, self.path = server, os.path.join(folder, "park")
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.notify.bind(os.path.join(folder, "notify"))
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(self.path)
        self.listener.listen()
        self.store = []  # pairs of a name and a descriptor
        self.said = []

    def start(self):
        passed = [self.listener.fileno()] + [descriptor for _, descriptor in self.store]
        names = ["park.socket"] + [name for name, _ in self.store]
        environment = dict(os.environ, NOTIFY_SOCKET=self.notify.getsockname(),
                           LISTEN_FDS=str(len(passed)), LISTEN_FDNAMES=":".join(names))
        self.pid = os.fork()
        if self.pid == 0:
            # Out of the way first, so that none is overwritten by another.
            high = [os.dup2(each, 1000 + index) for index, each in enumerate(passed)]
            for index, each in enumerate(high):
                os.dup2(each, 3 + index)
            os.closerange(3 + len(passed), 2000)
            os.execve(self.server, [self.server, "park", "--quiet"],
                      dict(environment, LISTEN_PID=str(os.getpid())))
        self.hear("READY=1")

    def hear(self, last):
        """Does what the service says, up to the message that begins so."""
        while True:
            text, descriptors, pid = receive(self.notify)
            assert pid == self.pid, f"{text!r} came from {pid}"
            lines = text.split("\n")
            self.said.append(lines[0])
            fields = dict(line.split("=", 1) for line in lines)
            if "FDSTORE" in fields:
                assert fields["FDPOLL"] == "0"
                self.store += [(fields["FDNAME"], each) for each in descriptors]
            elif "FDSTOREREMOVE" in fields:
                for pair in [pair for pair in self.store if pair[0] == fields["FDNAME"]]:
                    os.close(pair[1])
                    self.store.remove(pair)
            else:
                for each in descriptors:  # of BARRIER=1
                    os.close(each)
            if lines[0] == last:
                return

    def stop(self):
        os.kill(self.pid, signal.SIGTERM)
        self.hear("BARRIER=1")
        self.wait()

    def wait(self):
        status = os.waitpid(self.pid, 0)[1]
        assert status == 0, f"the park ended with {status}"


class Park:
    """A server's connection to the park."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.sock.connect(path)

    def say(self, text, descriptors=()):
        socket.send_fds(self.sock, [f"fdpass/1 {text}\n".encode()], list(descriptors))

    def hear(self):
        text, descriptors, _ = receive(self.sock)
        words = text.split()
        return words[1], dict(word.split("=", 1) for word in words[2:]), descriptors

    def back(self):
        verb, fields, descriptors = self.hear()
        assert verb == "back" and len(descriptors) == 1, (verb, fields)
        return fields, socket.socket(fileno=descriptors[0])


def connections():
    listener = socket.create_server(("127.0.0.1", 0), backlog=COUNT)
    for _ in range(COUNT):
        client = socket.create_connection(listener.getsockname())
        yield client, listener.accept()[0]


def main(folder):
    manager = Manager(sys.argv[1], folder)
    manager.start()
    park = Park(manager.path)
    park.say("serve")
    assert park.hear()[0] == "ok"
    clients = []
    for number, (client, server) in enumerate(connections()):
        park.say(f"park token=number-{number}", [server.fileno()])
        verb, fields, _ = park.hear()
        assert verb == "ok", fields
        clients.append(client)
        server.close()
    # Handed over when the park ends: once taken without the park knowing, once not.
    clients[0].sendall(b"zero")
    taken, connection = park.back()
    clients[1].sendall(b"one")
    park.back()

    manager.stop()
    assert [name for name, _ in manager.store].count("parked") == COUNT, len(manager.store)
    clients[2].sendall(b"meanwhile")
    clients[3].close()
    manager.store.reverse()
    del manager.said[:]
    manager.start()
    assert manager.said == ["FDSTOREREMOVE=1", "FDSTOREREMOVE=1", "READY=1"], manager.said
    assert manager.store == []

    park = Park(manager.path)
    park.say(f"taken id={taken['id']}")
    park.say("serve")
    expected = {"number-1": b"one", "number-2": b"meanwhile", "number-3": None}
    assert park.hear()[1]["parked"] in (str(COUNT - 1), str(COUNT - 2))
    for number in range(4, COUNT):
        clients[number].sendall(b"%d" % number)
        expected[f"number-{number}"] = b"%d" % number
    while expected:
        verb, fields, descriptors = park.hear()
        want = expected.pop(fields["token"])
        if want is None:
            assert verb == "gone", verb
            continue
        assert verb == "back", verb
        park.say(f"taken id={fields['id']}")
        with socket.socket(fileno=descriptors[0]) as back:
            assert back.recv(100) == want
    assert connection.recv(100) == b"zero"
    # The last one is really gone, here and in the park and in the store.
    assert clients[4].recv(1) == b""
    park.say("status")
    assert park.hear()[1]["parked"] == "0"
    os.kill(manager.pid, signal.SIGTERM)
    manager.hear("BARRIER=1")
    manager.wait()
    print(f"{COUNT} connections came through")


hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
with tempfile.TemporaryDirectory() as folder:
    main(folder)
