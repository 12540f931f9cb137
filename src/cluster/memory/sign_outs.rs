//! Sign-outs in memory.

use crate::cluster::{NewSignOuts, SIGN_OUTS_AT_ONCE, SignOut};

pub(super) fn new_since(all: &[SignOut], from: u64) -> NewSignOuts {
    let from = usize::try_from(from).unwrap_or(usize::MAX).min(all.len());
    let outs: Vec<_> = all[from..].iter().take(SIGN_OUTS_AT_ONCE).copied().collect();
    let next = from + outs.len();
    NewSignOuts { outs, next: next as u64, more: next < all.len(), empty: all.is_empty() }
}
