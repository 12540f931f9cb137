"""What an installation is in AWS, taken and put back: a test that needs one need not wait for `up`."""

from __future__ import annotations

import json

from .mirror import Mirror


def take(mirror: Mirror, bucket: str) -> dict:
    s3, secrets = mirror.client("s3"), mirror.client("secretsmanager")
    states = {}
    for each in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
        states[each["Key"]] = s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read().decode()
    values = {}
    for each in secrets.list_secrets()["SecretList"]:
        if mirror.backend("secretsmanager").secrets[each["Name"]].versions:
            value = secrets.get_secret_value(SecretId=each["Name"])
            values[each["Name"]] = [value["VersionId"], value["SecretString"]]
    passwords = {name: user.passwords for name, user in mirror.backend("elasticache").users.items()}
    tags = s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
    images = []
    for repository in mirror.backend("ecr").repositories.values():
        for image in repository.images:
            images.append({"name": repository.name, "manifest": image.image_manifest, "tag": image.image_tag})
    elb = mirror.client("elbv2")
    balancers = []
    for each in elb.describe_load_balancers()["LoadBalancers"]:
        described = elb.describe_tags(ResourceArns=[each["LoadBalancerArn"]])["TagDescriptions"][0]
        balancers.append({"name": each["LoadBalancerName"], "tags": described["Tags"]})
    return {
        "bucket": bucket,
        "tags": tags,
        "states": states,
        "secrets": values,
        "passwords": passwords,
        "images": images,
        "balancers": balancers,
    }


def put_back(mirror: Mirror, taken: dict) -> None:
    s3, secrets, bucket = mirror.client("s3"), mirror.client("secretsmanager"), taken["bucket"]
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": mirror.region})
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": taken["tags"]})
    for key, body in taken["states"].items():
        s3.put_object(Bucket=bucket, Key=key, Body=body.encode())
        mirror.follow(f"s3.:PUT /{bucket}/{key}", json.loads(body))
    for name, (version, value) in taken["secrets"].items():
        # The version as well: what runs says which one it has read.
        secrets.put_secret_value(SecretId=name, SecretString=value, ClientRequestToken=version)
    for name, passwords in taken["passwords"].items():
        user = mirror.backend("elasticache").users[name]
        if passwords:
            user.authentication_type, user.passwords = "password", passwords
    for image in taken["images"]:
        mirror.client("ecr").put_image(
            repositoryName=image["name"], imageManifest=image["manifest"], imageTag=image["tag"]
        )
    subnets = [each["SubnetId"] for each in mirror.client("ec2").describe_subnets()["Subnets"]][:2]
    for balancer in taken["balancers"]:
        mirror.client("elbv2").create_load_balancer(Name=balancer["name"], Subnets=subnets, Tags=balancer["tags"])
