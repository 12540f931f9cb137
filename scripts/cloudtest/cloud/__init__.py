"""AWS as the operator's scripts meet it in tests: moto's server, with two things around it.

`gate` sees every request: it keeps a log of them, and refuses, holds or slows the ones it is told to.
`mirror` reads each Terraform state that is written to S3 and makes in moto what the state says there is,
since Terraform's own provider is replaced in these tests and makes nothing. So a secret, an image
repository or a cluster that Terraform has "made" is there for the scripts, and gone when it is destroyed.

Run by moto's own Python: `python -m cloud`, in the folder cloudtest. Prints its port.
"""
