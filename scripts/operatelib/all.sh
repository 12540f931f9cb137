# shellcheck shell=bash
# Everything that the operator's scripts share. Each part says in its first lines what it is.
source scripts/operatelib/bash.sh
source scripts/operatelib/say.sh
source scripts/operatelib/interrupts.sh
source scripts/operatelib/needs.sh
source scripts/operatelib/settings.sh
source scripts/operatelib/shortages.sh
source scripts/operatelib/aws.sh
source scripts/operatelib/state-bucket.sh
source scripts/operatelib/terraform-failures.sh
source scripts/operatelib/terraform.sh
source scripts/operatelib/secrets.sh
source scripts/operatelib/session-keys.sh
source scripts/operatelib/valkey.sh
source scripts/operatelib/images.sh
source scripts/operatelib/cluster.sh
source scripts/operatelib/balancer.sh
source scripts/operatelib/overlay.sh
source scripts/operatelib/dns.sh
source scripts/operatelib/operators.sh
source scripts/operatelib/controller.sh
source scripts/operatelib/before-deploy.sh
source scripts/operatelib/last-results.sh
source scripts/operatelib/taking-down.sh
source scripts/operatelib/rotation.sh
source scripts/operatelib/costs.sh
