//! The cryptography behind TLS: `ring`, for every client of this program that speaks it.

/// Chooses it for this process. Clients of HTTP and Valkey leave that to the program, and panic when nobody
/// has chosen; so whoever makes one calls this first. Twice is as good as once.
pub fn choose() {
    // Whoever was first has chosen the same.
    drop(rustls::crypto::ring::default_provider().install_default());
}
