"""The parts of a deployed stack that have to do with telling people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from zoom_migrator.adapters.dynamodb.contacts import DynamoDbContactRepository
from zoom_migrator.adapters.dynamodb.deliveries import DynamoDbDeliveryRepository
from zoom_migrator.adapters.secretsmanager import SecretsManagerSecret
from zoom_migrator.adapters.sqs_notices import SqsNoticeQueue
from zoom_migrator.domain.notice_settings import NoticeSettings
from zoom_migrator.notice_ports import ContactRepository, DeliveryRepository, NoticeQueue
from zoom_migrator.notice_settings import NoticePlanSettings
from zoom_migrator_cli.keys_stack import KeysStack
from zoom_migrator_cli.reminding import CLIENT_CONFIG, FunctionReminding, Reminding


@dataclass
class NoticesStack(KeysStack):
    """What commands about notices work with. Nothing is opened before use."""

    @cached_property
    def deliveries(self) -> DeliveryRepository:
        """What became of telling people."""
        return DynamoDbDeliveryRepository(self._table)

    @cached_property
    def contacts(self) -> ContactRepository:
        """Who is not to be told, and which channels are in trouble."""
        return DynamoDbContactRepository(self._table)

    @cached_property
    def notice_queue(self) -> NoticeQueue:
        """Takes orders to tell people."""
        queue_url = self.output("NoticeQueueUrl")
        return SqsNoticeQueue(self.client("sqs"), queue_url)

    @cached_property
    def reminding(self) -> Reminding:
        """Has people reminded of deadlines."""
        client = self.client("lambda", config=CLIENT_CONFIG)
        return FunctionReminding(client, f"{self.stack_name}-send-reminders")

    @cached_property
    def slack_secret(self) -> SecretsManagerSecret:
        """The secret that holds what the product is at Slack."""
        arn = self.output("SlackSecretArn")
        return SecretsManagerSecret(self.client("secretsmanager"), arn)

    @property
    def notice_plan(self) -> NoticePlanSettings:
        """What the operator decided about notices, as the stack was told."""
        return self.settings(NoticePlanSettings)

    @property
    def notice_settings(self) -> NoticeSettings:
        """What the operator decided about notices."""
        return self.notice_plan.notice_settings()
