//! The operator's commands on a real Valkey. Those that need no server are tested beside the code.

mod valkey;
