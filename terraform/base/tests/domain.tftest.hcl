mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  region       = "eu-central-1"
  account_id   = "123456789012"
  budget_email = "operator@example.com"
}

run "without_a_domain_there_is_nothing" {
  command = plan

  assert {
    condition     = length(aws_route53_zone.this) + length(aws_acm_certificate.this) + length(aws_route53_record.proof) + length(aws_route53_record.authority) == 0
    error_message = "no zone, no certificate, no records"
  }

  assert {
    condition     = output.domain == "" && output.zone_id == null && output.certificate_arn == null && length(output.zone_name_servers) == 0
    error_message = "outputs say so"
  }
}

run "the_first_apply_does_not_wait_for_a_delegation" {
  variables {
    domain = "overcookied.example.com"
  }

  assert {
    condition     = aws_route53_zone.this[0].name == "overcookied.example.com" && aws_route53_zone.this[0].force_destroy
    error_message = "the zone can go although scripts have put records into it"
  }

  assert {
    condition     = aws_acm_certificate.this[0].domain_name == "overcookied.example.com" && aws_acm_certificate.this[0].validation_method == "DNS"
    error_message = "the certificate is proved by DNS, with nobody reading mail"
  }

  assert {
    condition     = aws_route53_record.proof[0].name == "_1.overcookied.example.com." && aws_route53_record.proof[0].zone_id == output.zone_id
    error_message = "the record that ACM asks for is in the zone"
  }

  assert {
    condition     = contains(aws_route53_record.authority[0].records, "0 issue \"amazon.com\"")
    error_message = "only Amazon may issue certificates"
  }

  assert {
    condition     = length(output.zone_name_servers) == 2 && startswith(output.certificate_arn, "arn:aws:acm:")
    error_message = "the operator is told what to delegate to, and scripts which certificate it is"
  }

  assert {
    condition     = length(aws_acm_certificate_validation.this) == 0
    error_message = "nobody waits unless asked to"
  }
}

run "a_later_one_may_wait" {
  variables {
    domain               = "overcookied.example.com"
    wait_for_certificate = true
  }

  assert {
    condition     = aws_acm_certificate_validation.this[0].certificate_arn == output.certificate_arn
    error_message = "it waits for this certificate"
  }
}
