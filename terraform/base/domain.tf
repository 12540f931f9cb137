# With a domain: its zone and a certificate. Somebody has to name the zone's servers (output zone_name_servers) where the
# domain is registered, once: the zone stays when the eks layer is destroyed, and with it that delegation.
locals {
  domain_count = var.domain == "" ? 0 : 1
}

resource "aws_route53_zone" "this" {
  #checkov:skip=CKV2_AWS_38:DNSSEC needs a key in KMS (a dollar a month) and a record at the registrar that has to go first whenever the zone does
  #checkov:skip=CKV2_AWS_39:logs of DNS queries are of no use here and cost by the query
  count = local.domain_count

  name    = var.domain
  comment = "overcookied"

  # scripts/update-dns puts the load balancer's name into it, which Terraform does not know of.
  force_destroy = true
}

# No other authority may make a certificate for this name.
resource "aws_route53_record" "authority" {
  count = local.domain_count

  zone_id = aws_route53_zone.this[0].zone_id
  name    = var.domain
  type    = "CAA"
  ttl     = 3600
  records = ["0 issue \"amazon.com\"", "0 issuewild \";\""]
}

resource "aws_acm_certificate" "this" {
  count = local.domain_count

  domain_name       = var.domain
  validation_method = "DNS"
  key_algorithm     = "EC_prime256v1"

  # A load balancer that uses the old one can be given the new one first.
  lifecycle {
    create_before_destroy = true
  }
}

locals {
  # There is one name in the certificate, so there is one record to prove it.
  proof = one([for certificate in aws_acm_certificate.this : tolist(certificate.domain_validation_options)[0]])
}

resource "aws_route53_record" "proof" {
  count = local.domain_count

  zone_id = aws_route53_zone.this[0].zone_id
  name    = local.proof.resource_record_name
  type    = local.proof.resource_record_type
  records = [local.proof.resource_record_value]
  ttl     = 300

  # A certificate that is made anew for the same name is proved by the same record.
  allow_overwrite = true
}

# Only waits. ACM looks for the record by itself, for 72 hours, and issues the certificate minutes after the zone is
# delegated, so the first apply does not stand still for what a person has yet to do at the registrar.
resource "aws_acm_certificate_validation" "this" {
  count = var.wait_for_certificate ? 1 : 0

  certificate_arn         = aws_acm_certificate.this[0].arn
  validation_record_fqdns = [aws_route53_record.proof[0].fqdn]

  timeouts {
    create = "15m"
  }
}
