# shellcheck shell=bash
# Images in ECR: tagged with the commit that they were built from, and run by their digest, so that what
# runs is what was built, whatever becomes of a tag.

ecr_repository=overcookied

# The commit that is checked out.
head_commit() { git rev-parse --verify HEAD; }

# What is changed and would go into an image, one a line. Terraform's lock files are written by its first
# run, and are in no image.
uncommitted() { git status --porcelain -- . ':(exclude)terraform/*/.terraform.lock.hcl'; }

# digest_of_tag TAG: nothing if there is no such image.
digest_of_tag() {
  if try_aws ecr describe-images --repository-name "$ecr_repository" --image-ids "imageTag=$1" \
    --query 'imageDetails[0].imageDigest' --output text; then
    return 0
  fi
  aws_said ImageNotFoundException && return 0
  cat "$work/aws.err" >&2
  explain_aws "$work/aws.err"
  ! aws_said RepositoryNotFoundException || advise 'The base layer makes the repository: run ./scripts/up first.'
  return 1
}

is_image_by_digest() { [[ $1 =~ ^[a-z0-9][a-z0-9._:/-]*@sha256:[0-9a-f]{64}$ ]]; }
