terraform {
  # 1.11: the lock of the state lies beside it in S3, with no table in DynamoDB.
  required_version = "~> 1.11"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # 6.25 is the schema that the checks without a cloud know.
      version = "~> 6.25"
    }
  }
}
