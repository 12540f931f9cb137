resource "aws_ecr_repository" "this" {
  #checkov:skip=CKV_AWS_136:images are encrypted with a key of S3, free; they hold no secrets, so a key of our own (a dollar a month) would guard nothing
  name = "overcookied"

  # What was deployed under a tag stays what it was; deployments name the digest anyhow.
  image_tag_mutability = "IMMUTABLE"
  force_delete         = !var.deletion_protection

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "AES256"
  }
}

# Twenty versions to go back to. What is in a tagged manifest list (the images of both processors, the SBOM) has no tag
# itself, but ECR does not expire it while the list is there.
resource "aws_ecr_lifecycle_policy" "this" {
  repository = aws_ecr_repository.this.name

  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "what lost its manifest list, or was never finished"
        selection = {
          tagStatus   = "untagged"
          countType   = "sinceImagePushed"
          countUnit   = "days"
          countNumber = 1
        }
        action = { type = "expire" }
      },
      {
        rulePriority = 2
        description  = "all but the newest versions"
        selection = {
          tagStatus      = "tagged"
          tagPatternList = ["*"]
          countType      = "imageCountMoreThan"
          countNumber    = 20
        }
        action = { type = "expire" }
      },
    ]
  })
}
