"""A server that speaks SQS and checks every signature: moto, with its checks on."""
import json
import os
import subprocess
import sys
import time

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from support.server import free_port

REGION = "eu-west-1"
PATIENCE = 60
UNCHECKED = 3  # calls: those that make the user
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}


class Sqs:
    def __init__(self, folder):
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.log = folder / "sqs.log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": str(UNCHECKED)})
        self.user = self._user()
        self.credentials = folder / "credentials"
        self.write_credentials(self.user["SecretAccessKey"])
        self.client = self._client("sqs", self.user["AccessKeyId"], self.user["SecretAccessKey"])

    def _client(self, service, key, secret):
        return boto3.client(service, endpoint_url=self.endpoint, region_name=REGION,
                            aws_access_key_id=key, aws_secret_access_key=secret)

    def _user(self):
        iam = self._client("iam", "nobody", "nothing")
        end = time.monotonic() + PATIENCE
        while True:
            try:
                iam.create_user(UserName="handin")
                break
            except (BotoCoreError, ClientError):
                assert self.process.poll() is None, self.log.read_text()
                assert time.monotonic() < end, self.log.read_text()
                time.sleep(0.1)
        iam.put_user_policy(UserName="handin", PolicyName="all", PolicyDocument=json.dumps(POLICY))
        return iam.create_access_key(UserName="handin")["AccessKey"]

    def write_credentials(self, secret):
        self.credentials.write_text(f"[default]\naws_access_key_id = {self.user['AccessKeyId']}\n"
                                    f"aws_secret_access_key = {secret}\n", encoding="utf-8")

    def new_queue(self, name):
        return self.client.create_queue(QueueName=name)["QueueUrl"]

    def receive(self, queue, count, seconds=PATIENCE):
        """Takes so many messages out of it, in the order in which they were put in."""
        found = []
        end = time.monotonic() + seconds
        while len(found) < count and time.monotonic() < end:
            answer = self.client.receive_message(QueueUrl=queue, MaxNumberOfMessages=10,
                                                 WaitTimeSeconds=1, MessageAttributeNames=["All"])
            for message in answer.get("Messages", []):
                found.append(message)
                self.client.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return found

    def close(self):
        self.process.terminate()
        self.process.wait(PATIENCE)
