"""Orgs, scans and the audit trail in one DynamoDB table.

Items, each as ``pk`` / ``sk``, and those in the index as ``gsi1pk`` / ``gsi1sk``:

- org: ``ORG#<org id>`` / ``ORG``; index ``FLEET#<shard>`` / org id
- audit entry: ``ORG#<org id>`` / ``AUDIT#<time>#<revision>.<position>``
- scan: ``SCAN#<scan id>`` / ``SCAN``; index ``SCANS`` / ``<start time>#<scan id>``
- result of a scan: ``SCAN#<scan id>`` / ``RESULT#<org id>``
- progress of a batch: ``SCAN#<scan id>`` / ``BATCH#<number>``
- attempt at authorizing: ``STATE#<fingerprint>`` / ``ATTEMPT``; deleted some time after ``ttl``
- grant: ``GRANT#<grant id>`` / ``GRANT``; index ``GRANTS`` / grant id
- which grant an org uses: ``ORG#<org id>`` / ``GRANT``
- backup of an org's old keys: ``ORG#<org id>`` / ``BACKUP``; deleted some time after ``ttl``
- event of Zoom's that was taken: ``EVENT#<fingerprint>`` / ``EVENT``; deleted some time after
  ``ttl``
- delivery of a notice: ``ORG#<org id>``, or ``FLEET``, /
  ``DELIVERY#<attempt>#<kind>#<milestone>#<channel>#<fingerprint of the address>#<again>``
- milestones that an org's people were told of: ``ORG#<org id>`` / ``MILESTONES``
- mute: ``MUTES`` / ``MUTE#<org id>#<fingerprint of the address>``; deleted some time after ``ttl``
- suppressed address: ``ADDRESS#<fingerprint>`` / ``SUPPRESSION``
- Slack channel in trouble: ``SLACK#<channel>`` / ``TROUBLE``

Access patterns; none of them is a table scan:

- one org, one scan: ``GetItem``. Many orgs by id: ``BatchGetItem``, 100 a call.
- the fleet's ids: ``Query`` of ``gsi1``, one shard after the other. The shards keep an import of
  thousands of orgs off a single index partition.
- the newest scans: ``Query`` of ``gsi1`` backwards, then ``BatchGetItem``.
- an org's newest audit entries: ``Query`` of the table backwards.
- results and progress of a scan: ``Query`` of the table by the beginning of ``sk``.
- an org with its audit entries: ``TransactWriteItems``; without any: ``PutItem``. Both on condition
  that the stored ``revision`` is the one that was read.
- an attempt by the fingerprint of its state: ``GetItem``. It is used up by a ``PutItem`` on
  condition that it is unused and not out of date, because a time to live may be days late.
- one grant, and the grant of an org: ``GetItem``. All grants: ``Query`` of ``gsi1``, then
  ``GetItem``.
- the backup of an org: ``GetItem``; ``PutItem`` on condition of the revision that was read, and of
  the day it runs out. Which of many orgs have one that is out of date: ``BatchGetItem``.
- whether an event was taken: ``GetItem``.
- a delivery is claimed by a ``PutItem`` on condition that there is none, or that the one there is
  waits; it ends by another on condition of the claim's number. Those of an org or of a notice:
  ``Query`` of the table by the beginning of ``sk``.
- notices by what tells them apart, milestones of many orgs, suppressed addresses, channels in
  trouble: ``BatchGetItem``. All mutes: one ``Query``.
- results: ``BatchWriteItem``, 25 a call; progress: ``PutItem``.

``gsi1`` holds keys only, and an item's keys never change, so that checking an org costs no write
of the index. Reads of the table are strongly consistent, those of the index cannot be: an org
appears in lists a moment after it was registered.

Items keep what they were written with: readers ignore attributes they do not know, and give those
that are missing their defaults.
"""
