# shellcheck shell=bash
# The programs that a script uses, looked for before it changes anything.

# Where each one comes from.
origin_of() {
  case $1 in
    aws) say 'the AWS command line: https://docs.aws.amazon.com/cli/' ;;
    terraform) say 'Terraform 1.11 or newer: https://developer.hashicorp.com/terraform/install' ;;
    kubectl) say 'kubectl: https://kubernetes.io/docs/tasks/tools/' ;;
    helm) say 'Helm 3.8 or newer: https://helm.sh/docs/intro/install/' ;;
    docker) say 'Docker with buildx: https://docs.docker.com/engine/install/' ;;
    kind) say 'kind: https://kind.sigs.k8s.io/' ;;
    *) say "$1, from your system's packages" ;;
  esac
}

need() {
  local name missing=()
  for name in "$@"; do
    command -v "$name" >/dev/null || missing+=("$name is missing. It is $(origin_of "$name")")
  done
  ((${#missing[@]} == 0)) || fail 'something has to be installed first' "${missing[@]}"
}

# `use_lockfile` and write-only arguments came with Terraform 1.11.
need_terraform() {
  need terraform jq
  local version
  version=$(terraform version -json | jq -r .terraform_version)
  [[ $(printf '1.11.0\n%s\n' "$version" | sort -V | head -n 1) == 1.11.0 ]] ||
    fail "Terraform $version is too old" "It is needed as $(origin_of terraform)"
}
