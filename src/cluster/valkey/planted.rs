//! Scripts with a fault in them: see [`crate::planted`]. In builds for tests of the tests alone.

use crate::planted::Fault;

/// Which line of which script a fault changes, and into what.
const CHANGES: &[(Fault, &str, &str, &str)] = &[
    (
        Fault::NoEpochCheck,
        "commit",
        "elseif ended or held_epoch >= epoch then",
        "elseif ended then",
    ),
    (
        Fault::SeatsDeletedWithoutComparing,
        "matchmaking/free",
        "if redis.call('HGET', seated, player) == room then",
        "if true then",
    ),
    (
        Fault::RenewalCreatesTickets,
        "matchmaking/renew",
        "    table.insert(gone, player)",
        "    keep_ticket(player, { ticket = id, game = 'cookie', pod = '', \
         player = { id = player, name = 'renewed', picture = cjson.null } })\n    \
         redis.call('ZADD', string.gsub(KEYS[1], 'seated$', 'queue:cookie'), moment, player)",
    ),
    (
        Fault::PairingInTwoSteps,
        "matchmaking/pair",
        "    found(room, founding, { first.player.id, player })\n",
        "",
    ),
    (Fault::PairingInTwoSteps, "matchmaking/seat", "  if room then return room end\n", ""),
];

/// The text of a script, with the planted fault if that is in this script.
pub(super) fn planted(name: &str, text: &str) -> String {
    let mut planted = text.to_owned();
    for (fault, script, line, changed) in CHANGES {
        if fault.is_planted() && *script == name {
            if !planted.contains(line) {
                tracing::error!(script, "the line that the fault would change is not there");
            }
            planted = planted.replace(line, changed);
        }
    }
    planted
}

/// Run with `cargo test --lib --features planted-faults planted`.
#[cfg(test)]
mod tests {
    use super::super::scripts;
    use super::*;

    #[test]
    fn every_line_that_a_fault_changes_is_there() {
        let texts =
            [&scripts::COMMIT, &scripts::FREE, &scripts::RENEW, &scripts::PAIR, &scripts::SEAT]
                .map(|script| (script.name, script.text()));
        for (fault, script, line, _) in CHANGES {
            let (_, text) = texts.iter().find(|(name, _)| name == script).unwrap();
            assert!(text.contains(line), "{fault:?}: {line}");
        }
    }
}
