//! Which server the bus talks to next.
//!
//! The servers that were configured always stay in the round, whatever a cluster says about itself:
//! it may have been built anew elsewhere.

use crate::cluster::valkey::settings::Address;

/// The nodes that are known.
#[derive(Debug)]
pub(super) struct Nodes {
    configured: Vec<Address>,
    known: Vec<Address>,
    next: usize,
}

impl Nodes {
    /// Starts with any of them, so that the pods spread over the nodes.
    pub(super) fn new(configured: &[Address], known: Vec<Address>, start: u32) -> Self {
        let mut nodes = Self { configured: configured.to_vec(), known: Vec::new(), next: 0 };
        nodes.know(known);
        nodes.next = start as usize;
        nodes
    }

    /// The one to try now; the next time it is another one.
    pub(super) fn next(&mut self) -> Option<Address> {
        let place = self.next % self.known.len().max(1);
        self.next = place + 1;
        self.known.get(place).cloned()
    }

    /// Takes over which nodes there are, as one of them told. It is asked again after the others.
    pub(super) fn learn(&mut self, asked: &Address, told: Vec<Address>) {
        self.know(told);
        if let Some(place) = self.known.iter().position(|node| node == asked) {
            self.next = place + 1;
        }
    }

    fn know(&mut self, told: Vec<Address>) {
        self.known.clear();
        for node in told.into_iter().chain(self.configured.iter().cloned()) {
            if !self.known.contains(&node) {
                self.known.push(node);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(port: u16) -> Address {
        Address { host: "valkey".to_owned(), port }
    }

    fn round(nodes: &mut Nodes, length: usize) -> Vec<u16> {
        (0..length).map(|_| nodes.next().unwrap().port).collect()
    }

    #[test]
    fn the_known_ones_take_turns() {
        let mut nodes = Nodes::new(&[node(1)], vec![node(1), node(2), node(3)], 7);
        assert_eq!(round(&mut nodes, 4), [2, 3, 1, 2]);
    }

    #[test]
    fn a_cluster_names_its_nodes_and_the_configured_ones_stay() {
        let mut nodes = Nodes::new(&[node(1), node(9)], Vec::new(), 0);
        assert_eq!(round(&mut nodes, 3), [1, 9, 1]);
        nodes.learn(&node(1), vec![node(1), node(2), node(3)]);
        assert_eq!(round(&mut nodes, 5), [2, 3, 9, 1, 2]);
        // Whoever leaves the cluster leaves the round.
        nodes.learn(&node(2), vec![node(2), node(4)]);
        assert_eq!(round(&mut nodes, 5), [4, 1, 9, 2, 4]);
    }
}
