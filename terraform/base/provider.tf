provider "aws" {
  region = var.region

  # Whoever is signed in to another account is refused before anything is read or made.
  allowed_account_ids = [var.account_id]

  default_tags {
    tags = {
      Project   = "overcookied"
      Layer     = "base"
      ManagedBy = "terraform"
    }
  }
}
