//! Faults put in on purpose, to prove that the tests would find them. Only in builds with the feature
//! `planted-faults`, and only the one that `OVERCOOKIED_FAULT` names; everywhere else none is.

/// A fault that a careless change could bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Players are told before the store has confirmed.
    AcknowledgeBeforeCommit,
    /// The store takes a commit whatever its epoch.
    NoEpochCheck,
    /// Whoever takes a room over forgets how far the players had counted.
    NumbersResetOnResume,
    /// The end of one game frees a player from another one too.
    SeatsDeletedWithoutComparing,
    /// Renewing a ticket that is gone brings it back.
    RenewalCreatesTickets,
    /// Pairing reads the queue in one step and writes the seats in another.
    PairingInTwoSteps,
    /// A record leaves the outbox before it is in the results.
    AcknowledgeBeforeRecording,
    /// The results take a game whether or not they have it.
    NoCondition,
    /// Totals are written after the game, and not together with it.
    TotalsOutsideTheTransaction,
}

#[cfg(feature = "planted-faults")]
impl Fault {
    const ALL: [(&'static str, Fault); 9] = [
        ("acknowledge-before-commit", Fault::AcknowledgeBeforeCommit),
        ("no-epoch-check", Fault::NoEpochCheck),
        ("numbers-reset-on-resume", Fault::NumbersResetOnResume),
        ("seats-deleted-without-comparing", Fault::SeatsDeletedWithoutComparing),
        ("renewal-creates-tickets", Fault::RenewalCreatesTickets),
        ("pairing-in-two-steps", Fault::PairingInTwoSteps),
        ("acknowledge-before-recording", Fault::AcknowledgeBeforeRecording),
        ("no-condition", Fault::NoCondition),
        ("totals-outside-the-transaction", Fault::TotalsOutsideTheTransaction),
    ];

    /// Whether this one is planted.
    pub fn is_planted(self) -> bool {
        static PLANTED: std::sync::OnceLock<Option<Fault>> = std::sync::OnceLock::new();
        let planted = PLANTED.get_or_init(|| {
            let wanted = std::env::var("OVERCOOKIED_FAULT").ok()?;
            let found = Self::ALL.iter().find(|(name, _)| *name == wanted);
            tracing::warn!(fault = wanted, known = found.is_some(), "a fault is planted");
            found.map(|(_, fault)| *fault)
        });
        *planted == Some(self)
    }
}

#[cfg(not(feature = "planted-faults"))]
impl Fault {
    /// Whether this one is planted: never in this build.
    pub const fn is_planted(self) -> bool {
        false
    }
}
