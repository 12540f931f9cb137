mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  region       = "eu-central-1"
  account_id   = "123456789012"
  budget_email = "operator@example.com"
}

run "a_tag_never_moves_and_old_images_go" {
  command = plan

  assert {
    condition     = aws_ecr_repository.this.image_tag_mutability == "IMMUTABLE"
    error_message = "what was deployed under a tag stays what it was"
  }

  assert {
    condition     = !aws_ecr_repository.this.force_delete
    error_message = "a repository with images in it is not deleted by mistake"
  }

  assert {
    condition     = aws_ecr_repository.this.image_scanning_configuration[0].scan_on_push
    error_message = "known weaknesses are looked for at each push"
  }

  assert {
    condition = {
      for rule in jsondecode(aws_ecr_lifecycle_policy.this.policy).rules : rule.selection.tagStatus => rule.selection.countNumber
    } == { tagged = 20, untagged = 1 }
    error_message = "twenty versions stay, and what has no tag goes after a day"
  }
}
