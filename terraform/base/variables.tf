variable "region" {
  description = "Where everything is, for example eu-central-1."
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

variable "deletion_protection" {
  description = "Tables refuse to be deleted, and so does the repository while there are images in it. To destroy this layer, apply it once with false."
  type        = bool
  default     = true
}

variable "zone_count" {
  description = "In how many availability zones subnets are made. A third one adds a public address of the load balancer (0.005 USD an hour) and more places to get spot nodes from."
  type        = number
  default     = 2

  validation {
    condition     = contains([2, 3], var.zone_count)
    error_message = "zone_count must be 2 or 3: cluster and load balancer need two zones, and some regions have no more than three."
  }
}

variable "domain" {
  description = "The name players use, for example overcookied.example.com. Empty: no zone and no certificate; the game is on the load balancer's own name, without TLS."
  type        = string
  default     = ""

  validation {
    condition     = var.domain == "" || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.domain))
    error_message = "domain must be a name in lower case such as overcookied.example.com (no https://, no dot at the end, no *), or empty, not \"${var.domain}\"."
  }
}

variable "wait_for_certificate" {
  description = "Waits until the certificate is issued. That needs the zone's name servers at the registrar of the domain, so the first apply must not wait."
  type        = bool
  default     = false

  validation {
    condition     = !var.wait_for_certificate || var.domain != ""
    error_message = "wait_for_certificate needs a domain: without one there is no certificate to wait for."
  }
}

variable "budget_email" {
  description = "Who is told when the month gets expensive."
  type        = string

  validation {
    condition     = can(regex("^[^@ ]+@[^@ ]+\\.[^@ ]+$", var.budget_email))
    error_message = "budget_email must be an e-mail address: somebody has to hear of it when the month gets expensive."
  }
}

variable "budget_usd" {
  description = "What a month may cost, in US dollars."
  type        = number
  default     = 50

  validation {
    condition     = var.budget_usd >= 1
    error_message = "budget_usd must be at least 1 (US dollars a month)."
  }
}

variable "github_repository" {
  description = "OWNER/NAME of the repository whose workflows may push images and deploy. Empty: none may."
  type        = string
  default     = ""

  validation {
    condition     = var.github_repository == "" || can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "github_repository must be OWNER/NAME (no https://github.com/, no .git path), or empty, not \"${var.github_repository}\"."
  }
}

variable "github_oidc_provider_arn" {
  description = "The account's identity provider for GitHub, if it has one already: AWS allows one only. Empty: this layer makes it."
  type        = string
  default     = ""

  validation {
    condition     = var.github_oidc_provider_arn == "" || can(regex("^arn:aws:iam::[0-9]{12}:oidc-provider/token\\.actions\\.githubusercontent\\.com$", var.github_oidc_provider_arn))
    error_message = "github_oidc_provider_arn must be arn:aws:iam::ACCOUNT:oidc-provider/token.actions.githubusercontent.com, or empty."
  }
}

variable "table_prefix" {
  description = "What the names of the tables begin with: DYNAMODB_TABLE_PREFIX of the server."
  type        = string
  default     = "Overcookied"

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{1,200}$", var.table_prefix))
    error_message = "table_prefix must be 1 to 200 letters, digits, dots, hyphens and underscores."
  }
}

# What a table may spend at most. A duel of two writes 7 units into Games, 4 into its index and 4 into Users
# (docs/DATA.md), so 250 are enough for 35 games a second: more than 2,000 people who play without a pause. A table
# that somebody keeps at the limit for a whole day costs some 20 USD. Nothing is lost beyond it: results wait in the outbox.
variable "table_write_units" {
  description = "The most write units a second of each table and index: a cap on what they can cost."
  type        = number
  default     = 250

  validation {
    condition     = var.table_write_units >= 20 && var.table_write_units <= 40000 && floor(var.table_write_units) == var.table_write_units
    error_message = "table_write_units must be a whole number from 20 (one game takes 15) to 40000 (what AWS grants a table unasked)."
  }
}

variable "table_read_units" {
  description = "The most read units a second of each table and index: a cap on what they can cost."
  type        = number
  default     = 250

  validation {
    condition     = var.table_read_units >= 20 && var.table_read_units <= 40000 && floor(var.table_read_units) == var.table_read_units
    error_message = "table_read_units must be a whole number from 20 to 40000 (what AWS grants a table unasked)."
  }
}
