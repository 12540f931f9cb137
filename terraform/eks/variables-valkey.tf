variable "valkey_engine_version" {
  description = "Major and minor version of Valkey. It may be raised while people play, never lowered."
  type        = string
  default     = "8.2"

  validation {
    condition     = can(regex("^(7\\.2|[89]\\.[0-9]+)$", var.valkey_engine_version))
    error_message = "valkey_engine_version must be 7.2 or later, as MAJOR.MINOR."
  }
}

variable "valkey_node_type" {
  description = "What a node of Valkey is. What it confirms it keeps in memory; when that is full it refuses writes."
  type        = string
  default     = "cache.t4g.micro"

  validation {
    condition     = can(regex("^cache\\.[a-z0-9]+\\.[a-z0-9]+$", var.valkey_node_type))
    error_message = "valkey_node_type must be a node type of ElastiCache such as cache.t4g.micro."
  }
}

variable "valkey_shards" {
  description = "Shards of a durable Valkey, each with two replicas. Rooms are spread over 16 partitions, so more than 16 shards would have nothing to do."
  type        = number
  default     = 2

  validation {
    condition     = var.valkey_shards >= 1 && var.valkey_shards <= 16 && floor(var.valkey_shards) == var.valkey_shards
    error_message = "valkey_shards must be a whole number from 1 to 16."
  }
}
