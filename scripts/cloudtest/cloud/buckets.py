"""A bucket as it is set up, for a test to judge."""

from __future__ import annotations

import json

from .mirror import Mirror


def look_at(mirror: Mirror, name: str) -> dict:
    s3 = mirror.client("s3")
    encryption = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]
    [rule] = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    return {
        "versioning": s3.get_bucket_versioning(Bucket=name)["Status"],
        "public_access": s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"],
        "encryption": encryption["Rules"][0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"],
        "policy": json.loads(s3.get_bucket_policy(Bucket=name)["Policy"]),
        "noncurrent_days": rule["NoncurrentVersionExpiration"]["NoncurrentDays"],
        "tags": s3.get_bucket_tagging(Bucket=name)["TagSet"],
    }
