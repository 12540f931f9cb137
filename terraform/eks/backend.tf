# Bucket and region differ from account to account, so they are given with `terraform init -backend-config=…`
# (scripts/up does). The bucket is made by scripts/bootstrap-state.
terraform {
  backend "s3" {
    key          = "eks.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}
