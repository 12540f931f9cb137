//! protocol/tests
