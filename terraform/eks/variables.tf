variable "region" {
  description = "Where everything is: the region of the base layer."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be the name of an AWS region such as eu-central-1, not \"${var.region}\"."
  }
}

variable "account_id" {
  description = "The account everything belongs to. Credentials of any other are refused."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be the 12 digits of an AWS account (aws sts get-caller-identity shows them)."
  }
}

variable "state_bucket" {
  description = "The bucket with the state of the base layer."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.state_bucket))
    error_message = "state_bucket must be the name of the bucket that scripts/bootstrap-state has made."
  }
}

variable "state_use_path_style" {
  description = "For tests alone: asks an S3 that is an emulator, which has no name for each bucket."
  type        = bool
  default     = false
}

variable "durable" {
  description = "Whether Valkey loses nothing when a node dies: several shards with two replicas each, in different zones. Changing it makes a new, empty Valkey: do it when nobody plays and the outbox is empty."
  type        = bool
  default     = false
}

variable "kubernetes_version" {
  description = "The version of the cluster, one of kubernetes-versions.json."
  type        = string
  default     = "1.36"

  validation {
    condition     = contains(keys(local.standard_support_ends), var.kubernetes_version)
    error_message = "kubernetes_version ${var.kubernetes_version} is not in kubernetes-versions.json (${join(", ", keys(local.standard_support_ends))}): see `aws eks describe-cluster-versions`, and add it with the end of its standard support."
  }
}

variable "admin_principal_arn" {
  description = "The IAM role or user who may do everything in the cluster with kubectl, beside the role of the GitHub workflows. Nobody else may do anything, whoever made the cluster included."
  type        = string

  validation {
    condition     = can(regex("^arn:aws:iam::[0-9]{12}:(role|user)/[^*]+$", var.admin_principal_arn))
    error_message = "admin_principal_arn must be arn:aws:iam::ACCOUNT:role/NAME or …:user/NAME. Of an assumed role (arn:aws:sts::…:assumed-role/NAME/SESSION) give the role: aws iam get-role --role-name NAME --query Role.Arn. The account's root user cannot be it."
  }
}

variable "api_allowed_cidrs" {
  description = "Who may reach the API server from the internet. Nodes come from within the VPC and are not concerned."
  type        = list(string)
  # GitHub's runners have no addresses that could be listed, and each call needs a token of IAM anyhow.
  default = ["0.0.0.0/0"]

  validation {
    condition     = length(var.api_allowed_cidrs) > 0 && alltrue([for cidr in var.api_allowed_cidrs : can(cidrnetmask(cidr))])
    error_message = "api_allowed_cidrs must be at least one IPv4 network such as 203.0.113.7/32 (one address) or 0.0.0.0/0 (everybody with a token)."
  }
}

variable "control_plane_logs" {
  description = "What the control plane writes to CloudWatch. `audit` costs more than Valkey does: turn it on while something is looked for."
  type        = set(string)
  default     = ["authenticator"]

  validation {
    condition     = length(setsubtract(var.control_plane_logs, ["api", "audit", "authenticator", "controllerManager", "scheduler"])) == 0
    error_message = "control_plane_logs may hold api, audit, authenticator, controllerManager and scheduler."
  }
}
