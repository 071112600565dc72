"""A real Kafka broker (KRaft, one node), started on ports of its own."""
import os
import socket
import subprocess
import time
from pathlib import Path

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from support.server import ROOT, free_port

JARS = ROOT / "build/kafka/lib"
PATIENCE = 120  # a JVM on a busy machine
PARTITIONS = 3
USER, PASSWORD = "handin", "a secret"

PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAIN://127.0.0.1:{plain},SASL://127.0.0.1:{sasl},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAIN://127.0.0.1:{plain},SASL://127.0.0.1:{sasl}
listener.security.protocol.map=PLAIN:PLAINTEXT,SASL:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAIN
controller.listener.names=CONTROLLER
sasl.enabled.mechanisms=PLAIN
listener.name.sasl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule \\
  required user_{user}="{password}";
log.dirs={folder}/log
num.partitions={partitions}
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
group.initial.rebalance.delay.ms=0
log.cleaner.enable=false
auto.create.topics.enable=false
num.network.threads=1
num.io.threads=2
background.threads=2
"""


class Broker:
    def __init__(self, folder):
        assert JARS.is_dir(), "make deps fetches a Kafka broker"
        self.folder = Path(folder)
        self.port, self.sasl_port, controller = free_port(), free_port(), free_port()
        self.servers = f"127.0.0.1:{self.port}"
        self.config = self.folder / "server.properties"
        self.config.write_text(PROPERTIES.format(
            plain=self.port, sasl=self.sasl_port, controller=controller, folder=self.folder,
            partitions=PARTITIONS, user=USER, password=PASSWORD), encoding="utf-8")
        self.output = self.folder / "kafka.log"
        self._java("kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", self.config).wait()
        self.process = None
        self.start()

    def _java(self, name, *arguments):
        with open(self.output, "ab") as output:
            return subprocess.Popen(
                ["java", "-Xms64m", "-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                 "-cp", f"{JARS}/*", name, *map(str, arguments)],
                stdout=output, stderr=output, stdin=subprocess.DEVNULL,
                env={**os.environ, "KAFKA_LOG4J_OPTS": ""})

    def start(self):
        self.process = self._java("kafka.Kafka", self.config)
        end = time.monotonic() + PATIENCE
        while True:
            assert self.process.poll() is None, self.output.read_text()
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert time.monotonic() < end, self.output.read_text()
                time.sleep(0.1)

    def stop(self):
        self.process.kill()
        self.process.wait()

    def new_topic(self, name):
        admin = KafkaAdminClient(bootstrap_servers=self.servers)
        admin.create_topics([NewTopic(name, PARTITIONS, 1)])
        admin.close()
        return name

    def records(self, topic, count, seconds=60):
        """The first so many records of all partitions, or those that are there by then."""
        consumer = KafkaConsumer(bootstrap_servers=self.servers, auto_offset_reset="earliest",
                                 enable_auto_commit=False, consumer_timeout_ms=1000)
        consumer.assign([TopicPartition(topic, each) for each in range(PARTITIONS)])
        consumer.seek_to_beginning()
        found = []
        end = time.monotonic() + seconds
        while len(found) < count and time.monotonic() < end:
            found += consumer
        consumer.close()
        return found
