# Where the control plane of the eks layer writes. It is here, since EKS makes the group itself where there is none, with
# no end to what it keeps, and does so even while the cluster is going: the next one would then find its name taken.
resource "aws_cloudwatch_log_group" "control_plane" {
  #checkov:skip=CKV_AWS_158:encrypted with a key of CloudWatch, free; who entered the cluster is no secret worth a dollar a month
  #checkov:skip=CKV_AWS_338:a cluster rarely lives for a year; a week is enough to find out what happened
  name              = "/aws/eks/overcookied/cluster"
  retention_in_days = 7
}
