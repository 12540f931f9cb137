//! How many WebSockets one client address holds open.
//!
//! Only addresses with an open connection are remembered, so the map is never larger than the
//! number of connections.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::cluster::AtDoor;

/// Who shares a limit: an IPv4 address, or an IPv6 network of 64 bits, which is what one
/// household or one server gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Neighbourhood(IpAddr);

/// The places of every client address. Cloning shares them.
#[derive(Clone, Debug)]
pub struct Places {
    limit: u32,
    /// Shared by the workers; held for a look-up only.
    taken: Arc<Mutex<HashMap<Neighbourhood, u32>>>,
}

/// One place; dropping it gives it back.
#[derive(Debug)]
pub struct Place {
    places: Places,
    neighbourhood: Neighbourhood,
}

/// The address holds as many connections as it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this address has as many connections open as it may")]
pub struct Full;

impl Places {
    /// With so many places for each address.
    pub fn new(limit: u32) -> Self {
        Self { limit, taken: Arc::default() }
    }

    /// How many each address holds now.
    pub(super) fn all(&self) -> Vec<AtDoor> {
        let taken = self.lock();
        let held = taken.iter().map(|(neighbourhood, count)| neighbourhood.at_door(*count));
        held.collect()
    }

    /// Takes a place of an address.
    pub fn take(&self, address: IpAddr) -> Result<Place, Full> {
        let neighbourhood = Neighbourhood::of(address);
        let mut taken = self.lock();
        let count = taken.entry(neighbourhood).or_default();
        if *count >= self.limit {
            return Err(Full);
        }
        *count += 1;
        Ok(Place { places: self.clone(), neighbourhood })
    }

    /// A count is right after every statement, so a panic elsewhere leaves nothing half done.
    fn lock(&self) -> MutexGuard<'_, HashMap<Neighbourhood, u32>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// The address, and how many places it holds now.
    pub(super) fn at_door(&self) -> AtDoor {
        let count = self.places.lock().get(&self.neighbourhood).copied().unwrap_or_default();
        self.neighbourhood.at_door(count)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Entry::Occupied(mut entry) = self.places.lock().entry(self.neighbourhood) {
            *entry.get_mut() -= 1;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

impl Neighbourhood {
    fn at_door(self, connections: u32) -> AtDoor {
        AtDoor { address: self.0.to_string(), connections }
    }

    pub(super) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = address.to_bits() & !u128::from(u64::MAX);
                Self(IpAddr::V6(Ipv6Addr::from_bits(network)))
            }
            address => Self(address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_gets_its_places_and_no_more_until_one_is_given_back() {
        let places = Places::new(2);
        let first = places.take(address("192.0.2.1")).unwrap();
        let _second = places.take(address("192.0.2.1")).unwrap();
        assert_eq!(places.take(address("192.0.2.1")).err(), Some(Full));
        assert!(places.take(address("192.0.2.2")).is_ok(), "others are not concerned");
        drop(first);
        assert!(places.take(address("192.0.2.1")).is_ok());
    }

    #[test]
    fn addresses_of_one_ipv6_network_share_their_places() {
        let places = Places::new(1);
        let _place = places.take(address("2001:db8:1:2::1")).unwrap();
        assert!(places.take(address("2001:db8:1:2:ffff::9")).is_err());
        assert!(places.take(address("2001:db8:1:3::1")).is_ok());
        let _mapped = places.take(address("::ffff:192.0.2.1")).unwrap();
        assert!(places.take(address("192.0.2.1")).is_err(), "the same address, written twice");
    }

    #[test]
    fn addresses_without_a_connection_are_forgotten() {
        let places = Places::new(1);
        for i in 0..1000 {
            drop(places.take(IpAddr::V4(std::net::Ipv4Addr::from_bits(i))).unwrap());
        }
        assert!(places.lock().is_empty());
    }
}
