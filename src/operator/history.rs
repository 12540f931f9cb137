//! `history`: a player's games as they are recorded, with how regular the clicks were. For whoever is told
//! that somebody plays unfairly, and has to see for oneself.

use std::fmt::Write;
use std::path::PathBuf;

use serde_json::json;

use super::Failure;
use crate::ids::PlayerId;
use crate::results::{DynamoResults, DynamoSettings, HistoryEntry, Results, SqliteResults};
use crate::telemetry::Metrics;

/// Where results are recorded.
#[derive(Clone, Debug)]
pub enum Recorded {
    /// In these tables.
    Tables(DynamoSettings),
    /// In this file.
    File(PathBuf),
}

/// What is asked about a player.
#[derive(Clone, Copy, Debug)]
pub struct HistoryOrder {
    /// Whose games.
    pub player: PlayerId,
    /// The newest, so many at most.
    pub limit: usize,
    /// As one JSON array.
    pub json: bool,
}

/// Games that are asked for at a time.
const AT_ONCE: usize = 100;

/// A player's newest games.
///
/// # Errors
/// When the results cannot be read.
pub async fn history(recorded: Recorded, order: HistoryOrder) -> Result<String, Failure> {
    let results: Box<dyn Results> = match recorded {
        Recorded::Tables(tables) => Box::new(DynamoResults::new(&tables, Metrics::default()).await),
        Recorded::File(file) if !file.exists() => {
            return Err(Failure::Refused(format!("RESULTS_DB: there is no {}", file.display())));
        }
        Recorded::File(file) => Box::new(SqliteResults::open(file)?),
    };
    let (mut games, mut cursor) = (Vec::new(), None);
    while games.len() < order.limit {
        let limit = AT_ONCE.min(order.limit - games.len());
        let page = results.history(order.player, cursor, limit).await?;
        games.extend(page.games);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    if order.json {
        let games: Vec<_> = games.iter().map(as_json).collect();
        return Ok(format!("{}\n", json!(games)));
    }
    Ok(as_text(order.player, &games))
}

fn as_json(game: &HistoryEntry) -> serde_json::Value {
    let oddities = game.rhythm.map(|rhythm| rhythm.oddities()).unwrap_or_default();
    let mut entry = json!(game);
    entry["rhythm"] = json!(game.rhythm);
    entry["oddities"] = json!(oddities);
    entry
}

fn as_text(player: PlayerId, games: &[HistoryEntry]) -> String {
    if games.is_empty() {
        return format!("Nothing is recorded of player {player}.\n");
    }
    let mut text = String::new();
    let mut line = |words: std::fmt::Arguments<'_>| {
        // Into a text: it cannot fail.
        let _ = writeln!(text, "{words}");
    };
    for game in games {
        let HistoryEntry { game_id, ended_at, points, opponent_points, clicks, .. } = game;
        let result = serde_json::to_value(game.result).unwrap_or_default();
        let result = result.as_str().unwrap_or_default().to_owned();
        let against = &game.opponent.name;
        line(format_args!(
            "{ended_at}  {game_id}  {result} {points} to {opponent_points} against {against}, \
             {clicks} clicks"
        ));
        if let Some(rhythm) = game.rhythm {
            let mean = rhythm.mean_ms;
            let spread = rhythm.spread_percent;
            let too_fast = rhythm.too_fast;
            line(format_args!(
                "    a click every {mean} ms, spread {spread} %, {too_fast} too fast to count"
            ));
            for oddity in rhythm.oddities() {
                line(format_args!("    look at: {oddity}"));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use tempfile::tempdir;

    use super::*;
    use crate::games::Rhythm;
    use crate::results::contract::{WEDNESDAY, game};

    #[tokio::test]
    async fn a_players_games_are_shown_with_what_stands_out_and_why() {
        let folder = tempdir().unwrap();
        let file = folder.path().join("results.sqlite3");
        let results = SqliteResults::open(&file).unwrap();
        let (anna, ben) = (PlayerId::random(), PlayerId::random());
        for spread_percent in [1, 12] {
            let mut game = game(WEDNESDAY + u64::from(spread_percent), (anna, 9), (ben, 5));
            let rhythm = Rhythm { intervals: 400, mean_ms: 100, spread_percent, too_fast: 0 };
            game.seats.p1.rhythm = Some(rhythm);
            results.record(game).await.unwrap();
        }
        let ask = async |limit, json| {
            let order = HistoryOrder { player: anna, limit, json };
            history(Recorded::File(file.clone()), order).await.unwrap()
        };
        let text = ask(10, false).await;
        assert_eq!(text.matches("win 9 to 5 against").count(), 2, "{text}");
        assert_eq!(text.matches("look at: as even as a timer").count(), 1, "{text}");
        let newest: serde_json::Value = serde_json::from_str(&ask(1, true).await).unwrap();
        assert_eq!(newest[0]["rhythm"]["spreadPercent"], 12);
        assert_eq!(newest[0]["oddities"], json!([]));
        assert_eq!(newest.as_array().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_is_not_made() {
        let folder = tempdir().unwrap();
        let file = folder.path().join("results.sqlite3");
        let order = HistoryOrder { player: PlayerId::random(), limit: 5, json: false };
        let refused = history(Recorded::File(file.clone()), order).await.unwrap_err();
        assert!(refused.to_string().contains("there is no"), "{refused}");
        assert!(!file.exists());
    }
}
