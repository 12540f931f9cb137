//! The stores in Valkey.
