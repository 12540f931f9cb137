# After its standard support a control plane costs 0.60 USD an hour instead of 0.10, or, with the upgrade policy of this
# cluster, is upgraded by AWS at a time of its own choosing. So there is a warning in each plan from 60 days before on; in
# `terraform test` it fails, and so does CI.
locals {
  standard_support_ends = jsondecode(file("${path.module}/kubernetes-versions.json")).standard_support_ends
  support_warning_hours = 60 * 24
}

check "standard_support" {
  assert {
    condition = timecmp(
      timeadd(plantimestamp(), "${local.support_warning_hours}h"),
      "${local.standard_support_ends[var.kubernetes_version]}T00:00:00Z",
    ) < 0
    error_message = "Kubernetes ${var.kubernetes_version} leaves standard support in EKS on ${local.standard_support_ends[var.kubernetes_version]}. Move to a newer one: one minor version at a time in a cluster that stays, any version after a destroy."
  }
}
