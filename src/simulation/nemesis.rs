//! What goes wrong with pods.

use std::time::Duration;

use tokio::time::Instant;

use super::agenda::{Event, Turn};
use super::line::Line;
use super::weather::Blow;
use super::world::World;

impl World {
    /// The next blow comes after a while.
    pub(super) fn plan_blow(&mut self) {
        let every = self.weather.blow_every.mul_f64(self.dice.share(0.3, 1.7));
        self.later(every, Turn::Blow);
    }

    fn later(&self, after: Duration, turn: Turn) {
        self.agenda.put(Instant::now() + after, Event::Turn(turn));
    }

    /// Something goes wrong with a pod.
    pub(super) fn blow(&mut self) {
        if self.weather.is_fine() {
            return;
        }
        self.plan_blow();
        let Some(blow) = self.dice.pick(&self.weather.blows) else { return };
        let up: Vec<usize> =
            (0..self.places.len()).filter(|place| self.places[*place].pod.is_some()).collect();
        let Some(place) = self.dice.pick(&up) else { return };
        self.trace.line(format_args!("place {place}: {blow:?}"));
        match blow {
            Blow::Kill => self.kill(place, false),
            Blow::PowerOff => self.kill(place, true),
            Blow::KillAll => up.into_iter().for_each(|place| self.kill(place, false)),
            Blow::Freeze => self.freeze(place),
            Blow::Drain => self.drain(place),
            Blow::Rolling => {
                let each = self.dice.millis(500, 3_000);
                (0..3).for_each(|place| self.later(each * place as u32, Turn::Drain(place)));
                self.trace.sometimes("all pods were restarted, one after the other");
            }
            Blow::CutFromStore | Blow::Grey | Blow::CutFromBus => self.cut(place, blow),
            Blow::CutFromClients => {
                let until = Instant::now() + self.dice.millis(200, 6_000);
                self.outages[place].until(until);
                self.trace.sometimes("a pod was cut off from its clients");
            }
        }
        self.note_health();
    }

    fn kill(&mut self, place: usize, silently: bool) {
        let Some(pod) = self.places[place].pod.take() else { return };
        self.trace.sometimes("a pod was killed");
        let back = self.dice.millis(100, 5_000);
        for (client, connection) in self.clients.of(pod.id) {
            if silently {
                self.later(back, Turn::Reset { client, connection });
            } else {
                self.clients.refused(client, connection);
            }
        }
        self.later(back, Turn::Start(place));
    }

    fn freeze(&mut self, place: usize) {
        let lasts = self.dice.millis(100, 6_000);
        let Some(pod) = &mut self.places[place].pod else { return };
        pod.freeze(true);
        let start = pod.start;
        self.trace.sometimes("a pod was frozen");
        self.later(lasts, Turn::Thaw(place, start));
    }

    pub(super) fn drain(&mut self, place: usize) {
        let Some(pod) = self.places[place].pod.as_ref().filter(|pod| pod.is_ready()) else {
            return;
        };
        pod.drain(place);
        self.trace.sometimes("a pod was drained");
    }

    /// A pod has drained: what is still connected is closed, and another one starts in its place.
    pub(super) fn drained(&mut self, place: usize, start: u32) {
        if self.pod(place, start).is_none() {
            return;
        }
        let Some(pod) = self.places[place].pod.take() else { return };
        self.trace.line(format_args!("{} has drained", pod.line.name));
        for (client, connection) in self.clients.of(pod.id) {
            self.trace.sometimes("a drained pod left a connection open");
            self.clients.refused(client, connection);
        }
        let after = self.dice.millis(100, 2_000);
        self.later(after, Turn::Start(place));
        self.note_health();
    }

    /// Something does not get through between a pod and the rest for a while.
    fn cut(&mut self, place: usize, blow: Blow) {
        let lasts = self.dice.millis(200, 6_000);
        let Some(pod) = &self.places[place].pod else { return };
        let line = pod.line.clone();
        let (cut, what): (fn(&Line, bool), _) = match blow {
            Blow::CutFromStore => (Line::cut, "a pod was cut off from the store"),
            Blow::Grey => (Line::take_no_commits, "the store took no commits of a pod"),
            _ => (Line::cut_off_bus, "a pod was cut off from the others"),
        };
        self.trace.sometimes(what);
        cut(&line, true);
        self.agenda.after(lasts, move || cut(&line, false));
    }

    /// From now on nothing goes wrong any more, and what went wrong is mended.
    pub(super) fn clear_up(&mut self) {
        self.trace.line(format_args!("it clears up"));
        self.weather.clear_up();
        for place in 0..self.places.len() {
            self.outages[place].until(Instant::now());
            if let Some(pod) = &mut self.places[place].pod {
                pod.freeze(false);
                pod.line.cut(false);
                pod.line.cut_off_bus(false);
                pod.line.take_no_commits(false);
            }
        }
        self.note_health();
    }
}
