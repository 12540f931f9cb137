//! What the kernel holds for sockets, as Linux tells it in `/proc/net`.

use std::collections::HashMap;
use std::fs;
use std::net::SocketAddr;

const PAGE_KIB: u64 = 4;

/// Memory of all TCP sockets of this machine, in KiB.
pub(super) fn tcp_kib() -> Option<u64> {
    let stat = fs::read_to_string("/proc/net/sockstat").ok()?;
    let line = stat.lines().find(|line| line.starts_with("TCP:"))?;
    let pages: u64 = line.split(' ').skip_while(|word| *word != "mem").nth(1)?.parse().ok()?;
    Some(pages * PAGE_KIB)
}

/// How many bytes wait unread at each of the local ports.
pub(super) fn unread(ports: &[SocketAddr]) -> HashMap<SocketAddr, u64> {
    let table = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    let rows = table.lines().skip(1).filter_map(row);
    rows.filter(|(local, _)| ports.contains(local)).collect()
}

/// Local address and receive queue of a line such as
/// `0: 0100007F:1F90 0200007F:A3C8 01 00000000:000003E8 …`.
fn row(line: &str) -> Option<(SocketAddr, u64)> {
    let mut words = line.split_whitespace().skip(1);
    let (address, port) = words.next()?.split_once(':')?;
    let address = u32::from_str_radix(address, 16).ok()?.to_ne_bytes();
    let port = u16::from_str_radix(port, 16).ok()?;
    let (_, unread) = words.nth(2)?.split_once(':')?;
    Some((SocketAddr::from((address, port)), u64::from_str_radix(unread, 16).ok()?))
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(target_endian = "little")]
    fn a_line_of_the_table_is_read() {
        let line = "  0: 0100007F:1F90 0200007F:A3C8 01 00000010:000003E8 00:00000000 00000000";
        let expected = (std::net::SocketAddr::from(([127, 0, 0, 1], 8080)), 1000);
        assert_eq!(super::row(line), Some(expected));
    }
}
