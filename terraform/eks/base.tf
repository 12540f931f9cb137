# What the base layer has made: network, tables, secrets.
data "terraform_remote_state" "base" {
  backend = "s3"

  config = {
    bucket         = var.state_bucket
    key            = "base.tfstate"
    region         = var.region
    use_path_style = var.state_use_path_style
  }
}

locals {
  name = "overcookied"
  base = data.terraform_remote_state.base.outputs

  # An output that is null is not in the state at all.
  github_role_arn = try(local.base.github_role_arn, null)
}
