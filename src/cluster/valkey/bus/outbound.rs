//! What waits to be sent: bounded, dropped when it is old, gathered into few publications.
//!
//! A hint that is a second old is worthless, since a poll has found the truth by then. So an
//! outage leaves nothing behind that would delay what is said after it.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::value::RawValue;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::envelope::{Envelope, FRAME, FULL, LONGEST};
use crate::ids::PodId;
use crate::telemetry::{Metrics, Outcome};

/// Messages that wait before new ones are dropped.
pub(super) const QUEUE: usize = 16_384;

/// Messages sent in one round.
pub(super) const ROUND: usize = 512;

/// How old a message may get before it is sent.
pub(super) const WORTHLESS: Duration = Duration::from_secs(1);

/// Whom a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Receiver {
    /// One pod.
    Pod(PodId),
    /// All of them.
    Everybody,
}

/// A message that waits to be sent.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) to: Receiver,
    pub(super) message: Box<RawValue>,
    pub(super) queued: Instant,
}

/// A publication to be made.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Publication {
    pub(super) to: Receiver,
    pub(super) payload: Vec<u8>,
    /// Messages in it.
    pub(super) messages: usize,
}

/// Whether a message can be sent at all: the other side reads nothing longer.
pub(super) fn fits(message: &RawValue) -> bool {
    message.get().len() + FRAME <= LONGEST
}

/// The messages that wait.
pub(super) struct Outbound {
    queue: mpsc::Receiver<Outgoing>,
    /// Taken from the queue while there was no connection.
    held: VecDeque<Outgoing>,
    metrics: Metrics,
}

impl Outbound {
    pub(super) fn new(queue: mpsc::Receiver<Outgoing>, metrics: Metrics) -> Self {
        Self { queue, held: VecDeque::new(), metrics }
    }

    /// While there is no connection: keeps what is young, drops what is not. Ends only with the
    /// bus.
    pub(super) async fn hold(&mut self) {
        let mut taken = Vec::new();
        while self.queue.recv_many(&mut taken, ROUND).await > 0 {
            self.held.extend(taken.drain(..));
            let young = self.held.iter().position(is_young).unwrap_or(self.held.len());
            let too_many = self.held.len().saturating_sub(QUEUE);
            let worthless = young.max(too_many);
            self.held.drain(..worthless);
            self.count("dropped", worthless);
        }
    }

    /// What is to be sent next; waits for something. `None`: the bus has ended.
    pub(super) async fn next_round(&mut self) -> Option<Vec<Outgoing>> {
        let held = self.held.len().min(ROUND);
        let mut round: Vec<_> = self.held.drain(..held).collect();
        if round.is_empty() && self.queue.recv_many(&mut round, ROUND).await == 0 {
            return None;
        }
        let taken = round.len();
        round.retain(is_young);
        self.count("dropped", taken - round.len());
        Some(round)
    }

    /// Messages that are being sent from now on.
    pub(super) fn told(&self, messages: usize) -> Told<'_> {
        Told { outbound: self, messages, is_sent: false }
    }

    /// Counts messages by what became of them.
    fn count(&self, outcome: &'static str, messages: usize) {
        let family = &self.metrics.bus_messages;
        family.get_or_create(&Outcome { outcome }).inc_by(messages as u64);
    }
}

/// Messages on their way. Counted when it is dropped: as sent if they are said to be, and as dropped
/// if not, or if the connections broke meanwhile.
pub(super) struct Told<'a> {
    outbound: &'a Outbound,
    messages: usize,
    pub(super) is_sent: bool,
}

impl Drop for Told<'_> {
    fn drop(&mut self) {
        self.outbound.count(if self.is_sent { "sent" } else { "dropped" }, self.messages);
    }
}

fn is_young(message: &Outgoing) -> bool {
    message.queued.elapsed() <= WORTHLESS
}

/// Gathers the messages of a round: as few publications as their size allows, and for each
/// receiver in the order in which they were sent.
pub(super) fn gather(from: PodId, round: &[Outgoing]) -> Vec<Publication> {
    let mut receivers: Vec<(Receiver, Vec<&RawValue>)> = Vec::new();
    for Outgoing { to, message, .. } in round {
        match receivers.iter_mut().find(|(receiver, _)| receiver == to) {
            Some((_, messages)) => messages.push(message),
            None => receivers.push((*to, vec![message])),
        }
    }
    receivers.into_iter().flat_map(|(to, messages)| split(from, to, &messages)).collect()
}

fn split(from: PodId, to: Receiver, messages: &[&RawValue]) -> Vec<Publication> {
    let mut publications = Vec::new();
    let mut rest = messages;
    while !rest.is_empty() {
        let mut length = FRAME;
        let fit = rest.iter().take_while(|message| {
            length += message.get().len() + 1;
            length <= FULL
        });
        let (now, later) = rest.split_at(fit.count().max(1));
        let envelope = Envelope::of(from, now.to_vec());
        // Ids, numbers and JSON that was written before: this cannot fail.
        let payload = serde_json::to_vec(&envelope).unwrap_or_default();
        publications.push(Publication { to, payload, messages: now.len() });
        rest = later;
    }
    publications
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::value::to_raw_value;

    fn outgoing(to: Receiver, text: &str) -> Outgoing {
        Outgoing { to, message: to_raw_value(text).unwrap(), queued: Instant::now() }
    }

    fn texts(publication: &Publication) -> Vec<String> {
        let envelope = Envelope::read(&publication.payload).unwrap();
        let texts = envelope.messages.iter();
        texts.map(|message| serde_json::from_str(message.get()).unwrap()).collect()
    }

    #[tokio::test]
    async fn a_round_is_one_publication_for_each_receiver_in_order() {
        let (me, anna, ben) = (PodId::random(), PodId::random(), PodId::random());
        let (anna, ben) = (Receiver::Pod(anna), Receiver::Pod(ben));
        let to = [anna, ben, anna, Receiver::Everybody, anna, ben];
        let round: Vec<_> =
            to.iter().enumerate().map(|(n, to)| outgoing(*to, &n.to_string())).collect();
        let made = gather(me, &round);
        let shape: Vec<_> = made.iter().map(|p| (p.to, p.messages, texts(p).concat())).collect();
        let expected = [(anna, 3, "024"), (ben, 2, "15"), (Receiver::Everybody, 1, "3")];
        assert_eq!(shape, expected.map(|(to, n, text)| (to, n, text.to_owned())));
    }

    #[tokio::test]
    async fn a_publication_stays_short_whatever_is_to_be_said() {
        let to = Receiver::Everybody;
        let mut round: Vec<_> = (0..5).map(|_| outgoing(to, &"x".repeat(100_000))).collect();
        round.push(outgoing(to, &"y".repeat(600_000)));
        round.push(outgoing(to, "z"));
        let made = gather(PodId::random(), &round);
        assert_eq!(made.iter().map(|p| p.messages).collect::<Vec<_>>(), [2, 2, 1, 1, 1]);
        assert!(made.iter().all(|p| p.payload.len() <= FULL || p.messages == 1));
        assert!(made.iter().all(|p| Envelope::read(&p.payload).is_ok()));
    }

    #[test]
    fn what_nobody_would_read_is_not_sent() {
        let longest = "x".repeat(LONGEST - FRAME - 2);
        assert!(fits(&to_raw_value(&longest).unwrap()));
        assert!(!fits(&to_raw_value(&(longest + "x")).unwrap()));
        let alone = outgoing(Receiver::Everybody, &"x".repeat(LONGEST - FRAME - 2));
        let made = gather(PodId::random(), &[alone]);
        assert!(Envelope::read(&made[0].payload).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_older_than_a_second_is_dropped() {
        let (sender, queue) = mpsc::channel(QUEUE);
        let metrics = Metrics::default();
        let mut outbound = Outbound::new(queue, metrics.clone());
        sender.try_send(outgoing(Receiver::Everybody, "old")).unwrap();
        tokio::time::advance(Duration::from_millis(600)).await;
        sender.try_send(outgoing(Receiver::Everybody, "young")).unwrap();
        // Nothing reads, but the messages must not stay where new ones have to go.
        assert!(tokio::time::timeout(Duration::from_millis(1), outbound.hold()).await.is_err());
        assert_eq!(sender.capacity(), QUEUE);
        tokio::time::advance(Duration::from_millis(600)).await;
        let round = outbound.next_round().await.unwrap();
        assert_eq!(round.iter().map(|o| o.message.get()).collect::<Vec<_>>(), [r#""young""#]);
        let dropped = Outcome { outcome: "dropped" };
        assert_eq!(metrics.bus_messages.get_or_create(&dropped).get(), 1);
        drop(sender);
        assert!(outbound.next_round().await.is_none());
    }
}
