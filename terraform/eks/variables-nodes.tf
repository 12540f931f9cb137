variable "node_instance_types" {
  description = "What nodes may be, all Graviton. The more there are, the likelier is a spot node to be had when one is taken away."
  type        = list(string)
  # Two processors each. Smaller ones have no room for more than 11 pods, 6 of which are the cluster's own.
  default = ["t4g.medium", "t4g.large", "c7g.large", "c6g.large"]

  validation {
    condition     = length(var.node_instance_types) > 0 && alltrue([for type in var.node_instance_types : can(regex("^[a-z]+[0-9]+g[a-z]*\\.[a-z0-9]+$", type))])
    error_message = "node_instance_types must be Graviton types such as t4g.medium or c7g.large: the nodes' image is one for arm64."
  }

  validation {
    condition     = !anytrue([for type in var.node_instance_types : can(regex("\\.(nano|micro|small|medium)$", type)) && type != "t4g.medium"])
    error_message = "node_instance_types must be large or larger, or t4g.medium: smaller ones hold too few pods (other medium ones 8, of which the cluster takes most)."
  }
}

variable "node_capacity_type" {
  description = "SPOT costs a third, and a node may be taken away with two minutes' notice, in which its games move to other pods. ON_DEMAND nodes stay."
  type        = string
  default     = "SPOT"

  validation {
    condition     = contains(["SPOT", "ON_DEMAND"], var.node_capacity_type)
    error_message = "node_capacity_type must be SPOT or ON_DEMAND."
  }
}

variable "node_count_min" {
  description = "Nodes there are at least."
  type        = number
  default     = 2

  validation {
    condition     = var.node_count_min >= 2
    error_message = "node_count_min must be 2 or more: with one node, losing it is an outage and not a hiccup."
  }
}

variable "node_count_desired" {
  description = "Nodes there are. Nothing changes the number by itself: no autoscaler runs in this cluster."
  type        = number
  default     = 2

  validation {
    condition     = var.node_count_desired >= var.node_count_min && var.node_count_desired <= var.node_count_max
    error_message = "node_count_desired must lie between node_count_min (${var.node_count_min}) and node_count_max (${var.node_count_max})."
  }
}

variable "node_count_max" {
  description = "Nodes there are at most, also while new ones replace old ones."
  type        = number
  default     = 4

  validation {
    condition     = var.node_count_max > var.node_count_min && var.node_count_max <= 100
    error_message = "node_count_max must be more than node_count_min, so that a new node can come before an old one goes, and at most 100."
  }
}
