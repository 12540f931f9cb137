# The outputs of the base layer, with a repository at GitHub.
override_data {
  target = data.terraform_remote_state.base
  values = {
    outputs = {
      region                     = "eu-central-1"
      account_id                 = "123456789012"
      vpc_id                     = "vpc-0123456789abcdef0"
      public_subnet_ids          = ["subnet-public-a", "subnet-public-b"]
      data_subnet_ids            = ["subnet-data-a", "subnet-data-b"]
      load_balancer_subnet_cidrs = ["10.20.250.0/24", "10.20.251.0/24"]
      github_role_arn            = "arn:aws:iam::123456789012:role/overcookied-eu-central-1-github"
      table_arns = {
        games      = "arn:aws:dynamodb:eu-central-1:123456789012:table/OvercookiedGames"
        identities = "arn:aws:dynamodb:eu-central-1:123456789012:table/OvercookiedIdentities"
        users      = "arn:aws:dynamodb:eu-central-1:123456789012:table/OvercookiedUsers"
      }
      secret_arns = {
        session_keys         = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:overcookied/session-keys-AbCdEf"
        google_client_secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:overcookied/google-client-secret-AbCdEf"
        github_client_secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:overcookied/github-client-secret-AbCdEf"
        valkey_url           = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:overcookied/valkey-url-AbCdEf"
      }
    }
  }
}
