#!/usr/bin/env python3
"""Measures nginx with Nchan as `./tokentape bench fanout` measures the gateway: same readers, same events, same pace.

The readers are the load generator of this module, in a process of its own. Events are posted to Nchan over a few kept
connections; what nginx spends on taking them in counts, as what the gateway spends on reading Kafka counts.

Usage: nchan.py [--seconds N] [--warm-up N] [--crowd N]      see README.md beside it
"""
import argparse
import glob
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONVERSATIONS = 500
BURST = 10
WORDS = [" the", " tape", " holds", " every", " token", " of", " an", " answer", "."]
CONFIG = """
load_module {module};
user root;
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
worker_rlimit_nofile 65536;
events {{ worker_connections 20000; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  keepalive_requests 100000000;
  tcp_nodelay on;
  nchan_shared_memory_size 256m;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location ~ ^/publish/(.+)$ {{
      nchan_publisher;
      nchan_channel_id $1;
      nchan_message_buffer_length 200;
      nchan_message_timeout 15m;
    }}
    location ~ ^/v1/conversations/([^/]+)/events$ {{
      nchan_subscriber eventsource;
      nchan_channel_id $1;
      nchan_subscriber_first_message newest;
    }}
  }}
}}
"""


def module():
    found = glob.glob("/usr/lib/nginx/modules/ngx_nchan_module.so") + glob.glob("/usr/lib*/nginx/modules/ngx_nchan*.so")
    if not shutil.which("nginx") or not found:
        sys.exit("nginx or its Nchan module is missing: apt-get install nginx-light libnginx-mod-nchan")
    return found[0]


class Nginx:
    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        config = os.path.join(folder, "nginx.conf")
        with open(config, "w") as file:
            file.write(CONFIG.format(module=module(), folder=folder, port=self.port))
        self.process = subprocess.Popen(["nginx", "-p", folder, "-c", config], stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.1)
        sys.exit("nginx did not start: see " + os.path.join(folder, "error.log"))

    def cpu_micros(self):
        """Of the master and its workers."""
        children = open(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read().split()
        ticks = 0
        for pid in [str(self.process.pid)] + children:
            fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks * 1_000_000 // os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def java_25():
    """JAVA_HOME's Java, or that of any other place where one may be, if it is new enough; the default one may be older."""
    homes = [os.environ["JAVA_HOME"]] if "JAVA_HOME" in os.environ else []
    homes += sorted(glob.glob("/usr/lib/jvm/*") + glob.glob(os.path.expanduser("~/.sdkman/candidates/java/*")))
    for java in [os.path.join(home, "bin/java") for home in homes] + ["java"]:
        try:
            told = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
        except OSError:
            continue
        version = re.search(r'version "(\d+)', told)
        if version and int(version.group(1)) >= 25:
            return java
    sys.exit("no Java 25 was found: set JAVA_HOME to one")


class Generator:
    def __init__(self):
        jars = glob.glob(os.path.join(ROOT, "benchmarks/target/*.jar")) + glob.glob(
            os.path.join(ROOT, "benchmarks/target/lib/*.jar"))
        if not jars:
            sys.exit("Tokentape is not built: ./mvnw -DskipTests package -pl benchmarks -am")
        self.process = subprocess.Popen(
            [java_25(), "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-Xmx768m", "-Xmn256m", "-Xlog:disable",
             "-cp", ":".join(jars), "dev.tokentape.benchmarks.load.LoadGenerator"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def order(self, **order):
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


class Publisher:
    """Posts events over kept connections, always the same one for a conversation, and reads the answers away."""

    def __init__(self, port):
        self.connections = [socket.create_connection(("127.0.0.1", port)) for _ in range(4)]
        for connection in self.connections:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sequences = {}

    def request(self, conversation):
        sequence = self.sequences.get(conversation, 0)
        self.sequences[conversation] = sequence + 1
        now = time.time_ns() // 1000
        body = json.dumps({
            "id": "c" * 72, "type": "content_block_delta", "conversation_id": conversation,
            "response_id": "0198c7a2-1d5e-7cc3-9d53-6a1f0c2b8e11", "attempt": 1, "sequence": sequence, "choice_index": 0,
            "block_index": 0, "requested_at_us": now, "received_at_us": now, "elapsed_ns": 1000, "provider": "openai",
            "model": "gpt-4o-mini", "published_at_us": now,
            "delta_type": "text", "text": WORDS[sequence % len(WORDS)]}, separators=(",", ":"))
        return (f"POST /publish/{conversation} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n{body}").encode()

    def send(self, index, conversation, burst):
        connection = self.connections[index % len(self.connections)]
        connection.sendall(b"".join(self.request(conversation) for _ in range(burst)))
        try:
            while connection.recv(1 << 16, socket.MSG_DONTWAIT):
                pass
        except BlockingIOError:
            pass

    def pace(self, conversations, events_per_second, burst, seconds):
        written = [0] * len(conversations)
        interval = burst / events_per_second
        due = time.monotonic()
        end = due + seconds
        turn = 0
        while due < end:
            wait = due - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            self.send(turn, conversations[turn], burst)
            written[turn] += burst
            turn = (turn + 1) % len(conversations)
            due = max(due + interval, time.monotonic() - 0.001)
        return written


def measure(nginx, generator, publisher, what, readers, per_second, burst, warm_up, seconds):
    conversations = list(readers)
    generator.order(order="reset")
    streams = [{"path": f"/v1/conversations/{c}/events", "readers": n} for c, n in readers.items()]
    opened = generator.order(order="open", port=nginx.port, streams=streams, atOnce=500)
    if opened["opened"] != sum(readers.values()):
        sys.exit(f"only {opened['opened']} of {sum(readers.values())} streams began")
    events_per_second = per_second * len(conversations) / sum(readers.values())
    for length in (warm_up, seconds):
        generator.order(order="reset")
        cpu = nginx.cpu_micros()
        begun = time.monotonic()
        written = publisher.pace(conversations, events_per_second, burst, length)
        expected = sum(n * readers[c] for n, c in zip(written, conversations))
        report = generator.order(order="await", events=expected, millis=30_000)
        elapsed = time.monotonic() - begun
        cpu = nginx.cpu_micros() - cpu
        if report["events"] != expected:
            sys.exit(f"of {expected} deliveries only {report['events']} came: {report}")
    generator.order(order="close")
    flawless = not any(report[name] for name in ("repeats", "holes", "gaps", "refused", "lost"))
    print(f"| {what} | {report['events']:,} | {report['events'] / elapsed:,.0f} | {cpu / report['events']:.2f} "
          f"| {report['events'] / report['reads']:.2f} | {report['p50'] / 1e3:.2f} | {report['p99'] / 1e3:.2f} "
          f"| {str(flawless).lower()} |", flush=True)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seconds", type=float, default=20)
    arguments.add_argument("--warm-up", type=float, default=5)
    arguments.add_argument("--crowd", type=int, default=5_000)
    given = arguments.parse_args()
    folder = tempfile.mkdtemp(prefix="tokentape-nchan-")
    nginx = Nginx(folder)
    generator = Generator()
    try:
        version = subprocess.run(["nginx", "-v"], capture_output=True, text=True).stderr.strip()
        print(f"{version}, one worker; {os.cpu_count()} processors; load {os.getloadavg()[0]:.1f} before")
        print("| measured | deliveries | a second | CPU µs each | each read | p50 ms | p99 ms | flawless |")
        print("|---|---|---|---|---|---|---|---|")
        publisher = Publisher(nginx.port)
        for what, per_second, burst in (("singly", 10_000, 1), (f"bursts of {BURST}", 40_000, BURST)):
            name = re.sub(r"\W", "", what)
            many = {f"{name}-{i}": 1 + i % 5 for i in range(CONVERSATIONS)}
            measure(nginx, generator, publisher, f"{CONVERSATIONS} conversations with 1 to 5 readers, {what}", many,
                    per_second, burst, given.warm_up, given.seconds)
        for what, per_second, burst in (("singly", 10_000, 1), (f"bursts of {BURST}", 40_000, BURST)):
            name = re.sub(r"\W", "", what)
            measure(nginx, generator, publisher, f"1 conversation with {given.crowd} readers, {what}",
                    {f"crowd-{name}": given.crowd}, per_second, burst, given.warm_up, given.seconds)
        print(f"load {os.getloadavg()[0]:.1f} after")
    finally:
        generator.stop()
        nginx.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
