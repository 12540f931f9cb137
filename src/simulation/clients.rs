//! The clients of a simulation, and their ends of the network.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use actix_web::error::PayloadError;
use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::Instant;
use uuid::Uuid;

use super::agenda::Event;
use super::book::is_told;
use super::dice::Dice;
use super::line::Line;
use super::pod::{FromClient, Pod};
use super::post::{Outage, Post, arrival};
use super::stores::Shared;
use super::weather::Weather;
use crate::ids::{PlayerId, PodId};
use crate::matchmaking::Profile;
use crate::session::without_socket::ClientEnd;
use crate::swarm::simulated::{Act, Client, Goal, Heard};

/// Somebody at a screen.
struct Person {
    profile: Profile,
    client: Client,
    wake_at: Instant,
    /// The connection that counts, by number.
    current: Option<u64>,
    /// One that was left open.
    forsaken: Option<u64>,
    connections: u64,
    /// It went away, and will not come back.
    gone: bool,
}

/// One connection, as the network has it.
struct Connection {
    place: usize,
    /// The pod at the other end, once it is reached.
    pod: Option<PodId>,
    to_pod: mpsc::UnboundedSender<Result<Bytes, PayloadError>>,
    from_client: Option<FromClient>,
    outage: Outage,
    last: Instant,
}

/// The clients, and their ends of the network.
pub(super) struct Clients {
    line: Line,
    shared: Shared,
    persons: Vec<Person>,
    connections: BTreeMap<(usize, u64), Connection>,
}

/// The operating system notices that nobody takes what it sends.
const UNHEARD: Duration = Duration::from_secs(10);

impl Clients {
    /// As many as the weather says.
    pub(super) fn new(line: Line, shared: Shared, weather: &Weather, dice: &Dice) -> Self {
        let now = Instant::now();
        let person = |number: usize| {
            let id = PlayerId::from(Uuid::from_u128(number as u128 + 1));
            let profile = Profile { id, name: format!("player {number}"), picture: None };
            let seed = dice.between(0, u64::MAX);
            let client = Client::new(id, seed, weather.habits.clone(), now.into_std());
            let wake_at = now;
            let (current, forsaken, connections, gone) = (None, None, 0, false);
            Person { profile, client, wake_at, current, forsaken, connections, gone }
        };
        let persons = (0..weather.players).map(person).collect();
        Self { line, shared, persons, connections: BTreeMap::new() }
    }

    /// When one of them wants to do something next.
    pub(super) fn next(&self) -> Option<Instant> {
        self.persons.iter().map(|person| person.wake_at).min()
    }

    /// Lets those act whose time has come.
    pub(super) fn act(&mut self, now: Instant, outages: &[Outage]) {
        for number in 0..self.persons.len() {
            if self.persons[number].wake_at <= now {
                self.step(number, None, outages);
            }
        }
    }

    /// A connection says something to its client.
    pub(super) fn hear(
        &mut self,
        number: usize,
        connection: u64,
        heard: Heard,
        outages: &[Outage],
    ) {
        if let Heard::Ping(payload) = &heard {
            // Of a connection that was thrown away, nobody answers.
            self.put(number, Some(connection), ClientEnd::pong(payload));
        }
        let ended = matches!(heard, Heard::Closed(_) | Heard::Broken);
        let person = &mut self.persons[number];
        let was_known =
            if ended { self.connections.remove(&(number, connection)).is_some() } else { true };
        if ended && was_known {
            self.line.trace.line(format_args!("{number}.{connection} ends: {heard:?}"));
        }
        if person.current == Some(connection) {
            if ended {
                person.current = None;
            }
            self.step(number, Some(heard), outages);
        } else if person.forsaken == Some(connection) && ended {
            if matches!(heard, Heard::Closed(Some(4002))) {
                self.line.trace.sometimes("an older connection was shut out");
            }
            person.forsaken = None;
        }
    }

    fn step(&mut self, number: usize, heard: Option<Heard>, outages: &[Outage]) {
        let now = Instant::now();
        let person = &mut self.persons[number];
        let mut acts = Vec::new();
        person.client.step(heard, now.into_std(), &mut acts);
        person.wake_at = Instant::from_std(person.client.wake_at(now.into_std()));
        for (rule, text) in person.client.take_breaches() {
            self.line.trace.breach(rule, text);
        }
        if let Some(room) = person.client.take_forgotten() {
            // A call that is done late may forget it once it is over, and nothing else may.
            let late = self.line.weather.calls_come_late();
            if self.shared.book.is_open(room) || !late {
                let text = format!("{number}: HELLO without {room}");
                self.line.trace.breach("a game in play is not forgotten", text);
            }
            self.line.trace.sometimes("the end of a game was never told");
        }
        for event in person.client.take_events() {
            self.line.trace.sometimes(event);
            self.line.trace.line(format_args!("{number}: {event}"));
        }
        for act in acts {
            self.perform(number, act, outages);
        }
    }

    fn perform(&mut self, number: usize, act: Act, outages: &[Outage]) {
        let current = self.persons[number].current;
        let forsaken = self.persons[number].forsaken;
        match act {
            Act::Connect => self.connect(number, outages),
            Act::Send(text) => self.send(number, current, &text),
            Act::SendOnForsaken(text) => self.send(number, forsaken, &text),
            Act::Drop => {
                self.persons[number].current = None;
                self.close_after(number, current, Duration::ZERO);
            }
            Act::Vanish => {
                self.persons[number].current = None;
                self.close_after(number, current, UNHEARD);
            }
            Act::Goodbye => {
                self.persons[number].current = None;
                self.put(number, current, ClientEnd::goodbye());
                self.close_after(number, current, Duration::from_millis(1));
            }
            Act::Forsake => {
                self.close_after(number, forsaken, Duration::ZERO);
                self.persons[number].forsaken = current;
                self.persons[number].current = None;
                self.line.trace.line(format_args!("{number} opens the page twice"));
            }
        }
    }

    fn connect(&mut self, number: usize, outages: &[Outage]) {
        let place = self.line.dice.between(0, outages.len() as u64 - 1) as usize;
        let person = &mut self.persons[number];
        person.connections += 1;
        let connection = person.connections;
        person.current = Some(connection);
        let (to_pod, from_client) = mpsc::unbounded_channel();
        let outage = outages[place].clone();
        let mut last = Instant::now();
        let at = arrival(&self.line, &outage, &mut last);
        let from_client = Some(from_client);
        let opened = Connection { place, pod: None, to_pod, from_client, outage, last };
        self.connections.insert((number, connection), opened);
        self.line.trace.line(format_args!("{number}.{connection} connects to place {place}"));
        self.line.agenda.put(at, Event::Knock { client: number, connection });
    }

    /// Where an attempt at a connection arrives.
    pub(super) fn place_of(&self, number: usize, connection: u64) -> Option<usize> {
        self.connections.get(&(number, connection)).map(|opened| opened.place)
    }

    /// The attempt is answered by a pod.
    pub(super) fn accepted(&mut self, number: usize, connection: u64, pod: &Pod) {
        let Some(opened) = self.connections.get_mut(&(number, connection)) else { return };
        let Some(from_client) = opened.from_client.take() else { return };
        opened.pod = Some(pod.id);
        let post = Post {
            line: pod.line.clone(),
            book: self.shared.book.clone(),
            outage: opened.outage.clone(),
            client: number,
            player: self.persons[number].profile.id,
            connection,
            last: Instant::now(),
            about: None,
            under_way: VecDeque::new(),
        };
        pod.serve(self.persons[number].profile.clone(), from_client, post);
    }

    /// Nobody is there, or nobody takes it.
    pub(super) fn refused(&self, number: usize, connection: u64) {
        let (client, heard) = (number, Heard::Broken);
        let at = Instant::now() + self.line.dice.millis(1, 3);
        self.line.agenda.put(at, Event::ToClient { client, connection, heard });
    }

    /// Everybody who is connected to a pod that is gone, in order.
    pub(super) fn of(&self, pod: PodId) -> Vec<(usize, u64)> {
        let here = |(_, opened): &(&(usize, u64), &Connection)| opened.pod == Some(pod);
        self.connections.iter().filter(here).map(|(key, _)| *key).collect()
    }

    fn send(&mut self, number: usize, connection: Option<u64>, text: &str) {
        let shown = connection.unwrap_or_default();
        self.line.trace.line(format_args!("{number}.{shown} says {text}"));
        self.put(number, connection, ClientEnd::text(text));
    }

    fn put(&mut self, number: usize, connection: Option<u64>, bytes: Bytes) {
        let Some(connection) = connection else { return };
        let Some(opened) = self.connections.get_mut(&(number, connection)) else { return };
        let at = arrival(&self.line, &opened.outage, &mut opened.last);
        let to_pod = opened.to_pod.clone();
        self.line.agenda.at(at, move || {
            let _ = to_pod.send(Ok(bytes));
        });
    }

    /// The connection is thrown away, and its pod learns of it when it has read all before it.
    fn close_after(&mut self, number: usize, connection: Option<u64>, after: Duration) {
        let Some(connection) = connection else { return };
        let Some(mut opened) = self.connections.remove(&(number, connection)) else { return };
        let at = arrival(&self.line, &opened.outage, &mut opened.last) + after;
        // When the last sender is dropped, the pod reads the end.
        self.line.agenda.at(at, move || drop(opened));
    }

    /// From now on, everybody wants this.
    pub(super) fn set_goal(&mut self, goal: Goal, outages: &[Outage]) {
        for number in 0..self.persons.len() {
            if self.persons[number].gone {
                continue;
            }
            self.persons[number].client.set_goal(goal, Instant::now().into_std());
            self.step(number, None, outages);
        }
    }

    pub(super) fn are_free(&self) -> bool {
        let rests = |person: &Person| person.client.is_free() && person.forsaken.is_none();
        self.persons.iter().filter(|person| !person.gone).all(rests)
    }

    /// Some of them go away, and never come back. An even number stays.
    pub(super) fn some_go_away(&mut self, how_many: usize, outages: &[Outage]) {
        for number in 0..how_many {
            self.persons[number].gone = true;
            self.persons[number].client.set_goal(Goal::Gone, Instant::now().into_std());
            self.step(number, None, outages);
            let forsaken = self.persons[number].forsaken.take();
            self.close_after(number, forsaken, Duration::ZERO);
        }
    }

    /// Whoever waits hears of a match that was made.
    pub(super) fn hear_of_matches(&self, since: Instant) {
        let now = Instant::now();
        for (number, person) in self.persons.iter().enumerate() {
            if !person.client.has_waited(now.into_std()) {
                continue;
            }
            // Who is connected to a machine without power learns nothing until it says so.
            let Some(current) = person.current else { continue };
            let pod = self.connections.get(&(number, current)).and_then(|opened| opened.pod);
            if !pod.is_some_and(|pod| self.shared.book.lives(pod)) {
                continue;
            }
            let player = person.profile.id;
            if let Some((room, at)) = self.shared.book.untold_match_of(player, current)
                && at.max(since) + Duration::from_secs(2) < now
            {
                let text = format!("{player} waits, and sits in {room}");
                self.line.trace.breach("whoever is matched hears of it within 2 s", text);
            }
        }
    }

    pub(super) fn have_begun(&self) -> bool {
        self.persons.iter().all(|person| person.gone || person.client.has_begun())
    }

    /// Who is not where all should be, in words.
    pub(super) fn stuck(&self) -> String {
        let of = |(number, person): (usize, &Person)| {
            let (current, forsaken) = (person.current, person.forsaken);
            format!("{number} on {current:?}, forsaken {forsaken:?}: {}", person.client.state())
        };
        self.persons.iter().enumerate().map(of).collect::<Vec<_>>().join("\n")
    }

    /// At the end: what each was told against what is stored and recorded.
    pub(super) fn check(&self, all_recorded: bool) {
        let trace = &self.line.trace;
        for person in &self.persons {
            if let Some((room, seat, acked)) = person.client.unfinished()
                && self.shared.book.consumed(room, seat).is_none_or(|stored| stored < acked)
            {
                let text = format!("{room}: {acked} of {seat:?} were acknowledged");
                trace.breach("every acknowledged click is stored", text);
            }
            for over in person.client.overs() {
                let Some(game) = self.shared.recorded.get(over.room_id) else {
                    if all_recorded {
                        trace.breach("every result is recorded", over.room_id.to_string());
                    }
                    continue;
                };
                if !is_told(over, &game) {
                    let text = format!("{over:?}, but {game:?} is recorded");
                    trace.breach("the result that is told is the one that is recorded", text);
                }
            }
        }
    }
}

/// The outages of every place.
pub(super) fn outages(places: usize) -> Arc<[Outage]> {
    (0..places).map(|_| Outage::none()).collect()
}
