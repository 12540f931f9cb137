//! matchmaking/tests
