//! Gives the inbox what arrives, and skips what nobody can read.
//!
//! Anybody who reaches the server can publish, and other versions of this program do: nothing that
//! is read here may stop the reading.

use std::sync::Arc;

use serde_json::value::RawValue;
use tokio::sync::watch;

use super::complaints::Complaints;
use super::envelope::Envelope;
use super::pings::Pings;
use crate::cluster::{Inbox, MatchMade};
use crate::ids::PodId;
use crate::telemetry::{Metrics, count};

/// Reads what is published for one pod.
pub(super) struct Reader {
    pub(super) pod: PodId,
    pub(super) inbox: Arc<dyn Inbox>,
    pub(super) metrics: Metrics,
    /// The channel of announcements; any other is the pod's own.
    pub(super) announcements: String,
    pub(super) complaints: Complaints,
}

impl Reader {
    /// Reads a publication.
    pub(super) fn read(
        &mut self,
        channel: &str,
        payload: &[u8],
        pings: &Pings,
        working: &watch::Sender<bool>,
    ) {
        let envelope = match Envelope::read(payload) {
            Ok(envelope) => envelope,
            Err(reason) => return self.skip(channel, &reason),
        };
        if let Some(number) = envelope.ping {
            if let Some(lag) = pings.heard(number).filter(|_| envelope.from == self.pod) {
                self.metrics.bus_lag_seconds.observe(lag.as_secs_f64());
                working.send_if_modified(|working| !std::mem::replace(working, true));
            }
            return;
        }
        for message in envelope.messages {
            let given = if channel == self.announcements {
                self.announced(envelope.from, message)
            } else {
                self.receive(envelope.from, message)
            };
            match given {
                Ok(()) => count(&self.metrics.bus_messages, "received"),
                Err(reason) => self.skip(channel, &reason),
            }
        }
    }

    fn announced(&self, from: PodId, message: &RawValue) -> serde_json::Result<()> {
        let made: MatchMade = serde_json::from_str(message.get())?;
        // Its own announcements it has heard at once.
        if from != self.pod {
            self.inbox.announced(made);
        }
        Ok(())
    }

    fn receive(&self, from: PodId, message: &RawValue) -> serde_json::Result<()> {
        self.inbox.receive(from, serde_json::from_str(message.get())?);
        Ok(())
    }

    fn skip(&mut self, channel: &str, reason: &dyn std::fmt::Display) {
        count(&self.metrics.bus_messages, "unreadable");
        self.complaints.skipped(channel, reason);
    }
}
